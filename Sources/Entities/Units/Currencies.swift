/// A currency, or a part of one.
struct Currency: Sendable, Hashable {
    /// In the singular.
    let name: String
    /// ISO 4217; nil where the words fit more than one.
    let code: String?
    /// What one of it counts: a million for `MUSD`.
    var factor = 1
}

/// Currencies and how they are written.
enum Currencies {
    private struct Entry {
        let name: String
        let code: String?
        /// What may follow a number, parted by semicolons.
        let words: String
        /// What may stand before a number or follow it.
        let signs: String
        /// The same, case and spaces to the letter.
        let symbols: String

        init(_ name: String, _ code: String?, _ words: String, signs: String = "", symbols: String = "") {
            self.name = name
            self.code = code
            self.words = words
            self.signs = signs
            self.symbols = symbols
        }
    }

    private static let entries = [
        Entry("Dollar", nil, "dollar;dollars;buck;bucks", signs: "$;dollar"),
        Entry(
            "United States dollar", "USD",
            "us dollar;us dollars;u.s. dollar;u.s. dollars;american dollar;american dollars;united states dollar;"
                + "united states dollars",
            signs: "us $;us$;u.s $;u.s. $;usd $"),
        Entry(
            "Canadian dollar", "CAD", "canadian dollar;canadian dollars;canada dollar;canada dollars",
            signs: "c $;ca $;can $;cad $"),
        Entry(
            "Australian dollar", "AUD", "australian dollar;australian dollars;australia dollars",
            signs: "au $;aud $;aus $", symbols: "A$"),
        Entry("New Zealand dollar", "NZD", "new zealand dollar;new zealand dollars", signs: "nz $;nzd $"),
        Entry("Hong Kong dollar", "HKD", "hong kong dollar;hong kong dollars", signs: "hk $;hkd $"),
        Entry(
            "Singapore dollar", "SGD", "singapore dollar;singapore dollars", signs: "sg $;sgd $",
            symbols: "S$"),
        Entry(
            "New Taiwan dollar", "TWD", "taiwan dollar;taiwan dollars;new taiwan dollar;new taiwan dollars",
            signs: "nt $;twd $"),
        Entry("Jamaican dollar", "JMD", "jamaican dollar;jamaican dollars", signs: "jmd $", symbols: "J$"),
        Entry("Euro", "EUR", "euro;euros", signs: "€;euro"),
        Entry("Pound", nil, "pound;pounds", signs: "£"),
        Entry(
            "British pound", "GBP",
            "british pound;british pounds;pound sterling;pounds sterling;sterling;quid", signs: "gbp £;uk £"),
        Entry("Egyptian pound", "EGP", "egyptian pound;egyptian pounds"),
        Entry("Lebanese pound", "LBP", "lebanese pound;lebanese pounds"),
        Entry("Sudanese pound", "SDG", "sudanese pound;sudanese pounds"),
        Entry("Syrian pound", "SYP", "syrian pound;syrian pounds"),
        Entry("Japanese yen", "JPY", "yen;yens;japanese yen;japanese yens", signs: "¥"),
        Entry(
            "Chinese yuan", "CNY",
            "yuan;yuans;chinese yuan;chinese yuans;renminbi;chinese renminbi;kuai;元;块", signs: "rmb;元"),
        Entry("Korean won", "KRW", "korean won;korean wons;south korean won", signs: "₩"),
        Entry("Franc", nil, "franc;francs"),
        Entry("Swiss franc", "CHF", "swiss franc;swiss francs"),
        Entry("French franc", nil, "french franc;french francs"),
        Entry("Belgian franc", nil, "belgian franc;belgian francs"),
        Entry("Finnish markka", nil, "finnish markka;finnish markkas;finnish mark;markka"),
        Entry("German mark", nil, "deutsche mark;deutsche marks;german mark;german marks;deutschmarks"),
        Entry("Netherlands guilder", nil, "dutch guilder;dutch guilders;netherlands guilder"),
        Entry("Peseta", nil, "peseta;pesetas;spanish pesetas"),
        Entry("Italian lira", nil, "italian lira;italian liras;italian lire"),
        Entry("Turkish lira", "TRY", "turkish lira;turkish liras", signs: "₺"),
        Entry("Lira", nil, "lira;liras;lire"),
        Entry("Peso", nil, "peso;pesos"),
        Entry(
            "Mexican peso", "MXN", "mexican peso;mexican pesos", signs: "mxn $;mex $;mx $"),
        Entry("Argentine peso", "ARS", "argentine peso;argentine pesos;argentinian pesos", signs: "ars $"),
        Entry("Chilean peso", "CLP", "chilean peso;chilean pesos", signs: "clp $"),
        Entry("Colombian peso", "COP", "colombian peso;colombian pesos", signs: "cop $"),
        Entry("Philippine peso", "PHP", "philippine peso;philippine pesos", signs: "₱"),
        Entry(
            "Brazilian real", "BRL", "brazilian real;brazilian reals;reais;brazilian reais", signs: "brl $",
            symbols: "R$"),
        Entry("Rupee", nil, "rupee;rupees", signs: "rs;rs.;₨;rupees"),
        Entry("Indian rupee", "INR", "indian rupee;indian rupees", signs: "₹"),
        Entry("Pakistani rupee", "PKR", "pakistani rupee;pakistani rupees"),
        Entry("Sri Lankan rupee", "LKR", "sri lankan rupee;sri lankan rupees", signs: "ரூ"),
        Entry("Nepalese rupee", "NPR", "nepalese rupee;nepalese rupees"),
        Entry("Indonesian rupiah", "IDR", "rupiah;rupiahs;indonesian rupiah", signs: "rp"),
        Entry(
            "Malaysian ringgit", "MYR",
            "ringgit;ringgits;malaysian ringgit;malaysian ringgits;malaysia ringgit", signs: "rm;ringgit"),
        Entry("Thai baht", "THB", "baht;bahts;thai baht", signs: "฿"),
        Entry("Vietnamese dong", "VND", "vietnamese dong;dong", signs: "₫"),
        Entry("Lao kip", "LAK", "kip;lao kip", signs: "₭"),
        Entry("Mongolian tögrög", "MNT", "tugrik;tugriks;tögrög", signs: "₮"),
        Entry("Kazakhstani tenge", "KZT", "tenge;kazakhstani tenge", signs: "₸"),
        Entry("Russian ruble", "RUB", "ruble;rubles;rouble;roubles;russian ruble;russian rubles", signs: "₽"),
        Entry("Ukrainian hryvnia", "UAH", "hryvnia;hryvnias;ukrainian hryvnia", signs: "₴"),
        Entry("Georgian lari", "GEL", "lari;georgian lari", signs: "₾"),
        Entry("Armenian dram", "AMD", "armenian dram;armenian drams", signs: "֏"),
        Entry("Polish złoty", "PLN", "zloty;zlotys;złoty;polish zloty", signs: "zł"),
        Entry("Czech koruna", "CZK", "czech koruna;czech korunas;czech crowns"),
        Entry("Hungarian forint", "HUF", "forint;forints;hungarian forint;hungarian forints"),
        Entry("Romanian leu", "RON", "romanian leu;romanian lei;lei"),
        Entry("Bulgarian lev", "BGN", "bulgarian lev;bulgarian leva;leva"),
        Entry("Croatian kuna", "HRK", "kuna;kunas;croatian kuna"),
        Entry("Serbian dinar", "RSD", "serbian dinar;serbian dinars"),
        Entry("Dinar", nil, "dinar;dinars"),
        Entry("Kuwaiti dinar", "KWD", "kuwaiti dinar;kuwaiti dinars"),
        Entry("Iraqi dinar", "IQD", "iraqi dinar;iraqi dinars"),
        Entry("Jordanian dinar", "JOD", "jordanian dinar;jordanian dinars"),
        Entry("Krone", nil, "krone;kroner"),
        Entry("Swedish krona", "SEK", "swedish krona;swedish kronor;swedish crowns;kronor"),
        Entry("Norwegian krone", "NOK", "norwegian krone;norwegian kroner"),
        Entry("Danish krone", "DKK", "danish krone;danish kroner"),
        Entry("Icelandic króna", "ISK", "icelandic krona;icelandic krónur"),
        Entry(
            "Israeli new shekel", "ILS", "shekel;shekels;israeli shekel;israeli shekels;new shekels",
            signs: "₪"),
        Entry("Riyal", nil, "riyal;riyals"),
        Entry("Rial", nil, "rial;rials"),
        Entry("Saudi riyal", "SAR", "saudi riyal;saudi riyals;saudi arabian riyal"),
        Entry("Qatari riyal", "QAR", "qatari riyal;qatari riyals"),
        Entry("Iranian rial", "IRR", "iranian rial;iranian rials"),
        Entry("United Arab Emirates dirham", "AED", "uae dirham;uae dirhams;emirati dirham;emirati dirhams"),
        Entry("Dirham", nil, "dirham;dirhams"),
        Entry("Moroccan dirham", "MAD", "moroccan dirham;moroccan dirhams"),
        Entry("South African rand", "ZAR", "rand;rands;south african rand"),
        Entry("Nigerian naira", "NGN", "naira;nairas;nigerian naira", signs: "₦"),
        Entry("Ghanaian cedi", "GHS", "cedi;cedis;ghanaian cedi", signs: "₵"),
        Entry("Kenyan shilling", "KES", "kenyan shilling;kenyan shillings;ksh"),
        Entry("Ugandan shilling", "UGX", "ugandan shilling;ugandan shillings"),
        Entry("Costa Rican colón", "CRC", "costa rican colon;costa rican colón;colones", signs: "₡"),
        Entry("Peruvian sol", "PEN", "peruvian sol;peruvian soles;nuevos soles"),
        Entry("Paraguayan guaraní", "PYG", "guarani;guaranis;paraguayan guarani", signs: "₲"),
        Entry("Venezuelan bolívar", "VES", "bolivar;bolivars;bolivares;venezuelan bolivar"),
        Entry("Bitcoin", nil, "bitcoin;bitcoins;btc", signs: "₿;btc"),
        Entry("Satoshi", nil, "satoshi;satoshis"),
        Entry("Ether", nil, "ether;eth"),
        Entry("Cent", nil, "cent;cents", signs: "¢"),
        Entry("Penny", nil, "penny;pennies"),
        Entry("Pence", nil, "pence"),
        Entry("Sen", nil, "sen;sens", signs: "sen"),
        Entry("Jiao", nil, "mao;jiao;角"),
    ]

    /// Codes that are words too: they must be in capitals.
    private static let wordCodes: Set<String> = [
        "TRY", "GEL", "AMD", "MAD", "PEN", "RON", "COP", "LAK", "CUP", "TOP", "SOS", "SAR", "NOK", "MNT",
        "HUF", "ARS",
    ]

    /// What may follow a number.
    static var suffixes: [Spelled<Currency>] {
        entries.map {
            Spelled(
                meaning: Currency(name: $0.name, code: $0.code), spellings: "\($0.words);\($0.signs)",
                symbols: $0.symbols)
        } + codes
    }

    /// What may stand before one.
    static var prefixes: [Spelled<Currency>] {
        entries.map {
            Spelled(
                meaning: Currency(name: $0.name, code: $0.code), spellings: $0.signs,
                symbols: $0.symbols)
        } + codes
    }

    /// `USD` and, for a million of it, `MUSD`.
    private static var codes: [Spelled<Currency>] {
        entries.flatMap { entry in
            guard let code = entry.code else { return [Spelled<Currency>]() }
            let isWord = wordCodes.contains(code)
            return [
                Spelled(
                    meaning: Currency(name: entry.name, code: code),
                    spellings: isWord ? "" : code.lowercased(),
                    symbols: code),
                Spelled(
                    meaning: Currency(name: entry.name, code: code, factor: 1_000_000), spellings: "",
                    symbols: "M\(code)"),
            ]
        }
    }

    /// Names that mean money without a number too.
    static let aloneWords: Set<String> = [
        "Dollar", "Euro", "Japanese yen", "Chinese yuan", "Rupee", "Peso", "Bitcoin", "United States dollar",
        "British pound", "Canadian dollar", "Australian dollar", "Swiss franc", "Turkish lira",
        "Mexican peso",
    ]

    /// What is a hundredth of which: `3 dollars 50 cents`.
    static let hundredths: [String: Set<String>] = [
        "Cent": [
            "Dollar", "United States dollar", "Canadian dollar", "Australian dollar", "New Zealand dollar",
            "Hong Kong dollar", "Singapore dollar", "Euro", "Swiss franc", "Malaysian ringgit",
        ],
        "Penny": ["Pound", "British pound", "Dollar"],
        "Pence": ["Pound", "British pound"],
        "Sen": ["Malaysian ringgit", "Japanese yen", "Indonesian rupiah"],
    ]
}
