/// Top-level domains that a host without a scheme is known by.
enum TopLevelDomains {
    static let all = Set((countries + " " + generic).split(separator: " ").map { Array($0.utf8) })

    private static let countries = """
        ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz \
        ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk \
        fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir \
        is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk \
        ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl \
        pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc \
        td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
        """

    private static let generic = """
        com org net edu gov mil int info biz name pro aero coop museum mobi asia tel jobs cat travel post arpa \
        academy agency ai app apps art auto aws bank bar best bid bike blog bot build builders business buzz cafe \
        camera camp capital care careers cash center chat church city clinic cloud club coach codes coffee college \
        company computer consulting cool credit dance data dating deals degree delivery dental design dev digital \
        direct directory doctor dog domains earth education email energy engineer engineering events exchange \
        expert express family farm fashion finance financial fish fit fitness flights flowers football forsale \
        foundation fun fund fyi gallery game games garden gift gifts glass global gold golf google graphics group \
        guide guru health healthcare help holdings holiday homes hospital host hosting hotel house industries ink \
        institute insurance international investments kim kitchen land lawyer lease legal life lighting limited \
        link live loans london love ltd management market marketing media menu microsoft moda money mortgage \
        movie network news ngo ninja nyc one online open page paris parts party pet photo photography photos pics \
        pictures pizza place plumbing plus press productions properties property pub realty recipes rent rental \
        repair report rest restaurant reviews rip rocks rugby run sale salon school science security services sex \
        shoes shop shopping show site ski soccer social software solar solutions space sport store stream studio \
        study style supplies supply support surf surgery systems tax taxi team tech technology tennis theater \
        tickets tips today tokyo tools top tours town toys trade training university vacations ventures vet video \
        villas vip vision vote voyage watch web webcam website wedding wiki win wine work works world wtf xyz yoga \
        zone
        """
}
