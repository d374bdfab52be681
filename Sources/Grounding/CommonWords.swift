/// Words that say little by themselves.
enum CommonWords {
    /// Words that carry grammar and no subject, folded.
    static let grammar: Set<String> = split(
        """
        a an the of in on at to for from by with as is are was were be been being am do does did done has have had
        having it its this that these those and or but if than then so such there their theirs them they he she his
        hers her him i me my mine you your yours we us our ours not no nor what which who whom whose when where why
        how can could will would shall should may might must also into about over under between during after before
        since until while because although though through up down out off other others another some any all both
        each every either neither more most less least many much few several very too just only own same again
        against here now yet still ever never always per via within without upon onto one ones isn't aren't wasn't
        weren't don't doesn't didn't hasn't haven't hadn't can't cannot couldn't won't wouldn't shouldn't it's
        that's there's he's she's they're we're you're i'm i've i'd i'll you've we've they've let's et al
        """)

    /// Words that a reply's sentence begins with and that are no names, folded, beside those of grammar.
    static let openings: Set<String> = split(
        """
        yes no ok okay sure sorry please thanks thank hello hi hey well unfortunately however therefore thus hence
        moreover furthermore additionally overall finally first firstly second secondly third thirdly next last
        lastly meanwhile instead otherwise besides according based given like unlike despite once whether even
        perhaps maybe probably likely certainly indeed actually currently recently usually often sometimes generally
        typically together today yesterday tomorrow tonight later earlier soon note notice see here's what's
        answer question context passage source text document record records information data report reports result
        results value values level levels date name names number people person someone everyone nobody nothing
        something everything none using used made known called located found founded born built began begun started
        being having taken taking following followed included including regarding concerning considering
        write call contact visit check try make take keep put use send tell go come look get let turn press click
        open close choose select enter type read add remove bring ensure remember avoid start stop wait follow
        consider speak talk think learn work help need want know feel like love live play run set pay buy sell order
        women men children child girls boys students teachers doctors patients researchers scientists experts
        members workers users customers visitors residents citizens families parents groups countries cities states
        towns water food time today's money life work history total average part half side end way day week month
        year days weeks months years hours minutes early late new old good great high low large small long short
        main major important common different similar possible true false right left several various
        compared because ask asked tell told say says said show shows shown give gives gave find finds contains
        contain yours mine i'm can't don't doesn't isn't it's that's there's let's and/or in-between
        """)

    /// Words that turn a statement round, folded.
    static let negations: Set<String> = split(
        """
        not no never none neither nor nobody nothing nowhere cannot without isn't aren't wasn't weren't don't
        doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't shouldn't fail failed fails refuse
        refused refuses unable lack lacks lacked lacking absent
        """)

    private static func split(_ words: String) -> Set<String> {
        Set(words.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
