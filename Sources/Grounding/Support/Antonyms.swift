/// Words of opposite meaning.
enum Antonyms {
    private static let pairs = """
        increase/decrease rise/fall rose/fell more/less most/least many/few before/after above/below
        first/last begin/end began/ended start/end started/ended start/stop large/small largest/smallest
        big/small high/low higher/lower highest/lowest old/new oldest/newest older/younger early/late
        earlier/later win/lose won/lost allow/forbid allowed/prohibited permit/prohibit accept/reject
        accepted/rejected include/exclude north/south northern/southern east/west eastern/western
        inside/outside internal/external male/female men/women man/woman father/mother son/daughter
        king/queen good/bad better/worse best/worst strong/weak stronger/weaker strongest/weakest rich/poor
        same/different public/private friend/enemy buy/sell bought/sold import/export enter/leave
        arrive/leave join/leave joined/left build/destroy built/destroyed create/destroy created/destroyed
        support/oppose supported/opposed agree/disagree agreed/disagreed for/against majority/minority
        upper/lower major/minor positive/negative legal/illegal possible/impossible success/failure
        succeed/fail successful/unsuccessful present/absent open/close opened/closed love/hate peace/war
        offensive/defensive attack/defend attacked/defended maximum/minimum expand/contract gain/lose
        gained/lost give/take gave/took hot/cold fast/slow long/short longer/shorter longest/shortest
        wide/narrow near/far nearest/farthest domestic/foreign national/international ancient/modern
        rural/urban birth/death born/died marry/divorce alive/dead appoint/dismiss hire/fire employ/dismiss
        raise/lower ally/enemy victory/defeat defeated/won direct/indirect formal/informal common/rare
        often/rarely always/never all/none every/no everyone/nobody both/neither only/also
        advantage/disadvantage easy/difficult simple/complex active/passive religious/secular
        catholic/protestant exclusive/inclusive together/apart prior/subsequent previous/next unite/divide
        united/divided help/hinder helped/hindered encourage/discourage encouraged/discouraged
        approve/reject approved/rejected voluntary/compulsory temporary/permanent left/right sea/land
        victims/perpetrators innocent/guilty hide/reveal lend/borrow teach/learn question/answer
        loyal/disloyal pull/push ascend/descend lack/have quickly/slowly primary/secondary top/bottom
        front/back improve/worsen improved/worsened ignore/consider ignored/considered refuse/accept
        refused/accepted deny/admit denied/admitted conceal/reveal forget/remember
        """

    /// By stem, the stems of its opposites.
    static let ofStem: [String: Set<String>] = {
        var opposites: [String: Set<String>] = [:]
        for pair in pairs.split(whereSeparator: \.isWhitespace) {
            let stems = pair.split(separator: "/").map { Word.stem(String($0)) }
            opposites[stems[0], default: []].insert(stems[1])
            opposites[stems[1], default: []].insert(stems[0])
        }
        return opposites
    }()

    /// Whether one of the stems has an opposite among others that do not hold the stem itself.
    static func stand(_ stems: [String], against others: Set<String>) -> Bool {
        stems.contains { stem in
            !others.contains(stem) && !(ofStem[stem] ?? []).isDisjoint(with: others)
        }
    }

    private static let prefixes = ["un", "in", "im", "non", "dis", "anti", "il", "ir"]

    /// What a word denies by its prefix: `important` of `unimportant`; folded, as stems of both.
    static func denied(by folded: String) -> [(whole: String, denied: String)] {
        guard folded.utf8.count > 6 else { return [] }
        return prefixes.filter { folded.hasPrefix($0) }.map {
            (Word.stem(folded), Word.stem(String(folded.dropFirst($0.utf8.count))))
        }
    }
}
