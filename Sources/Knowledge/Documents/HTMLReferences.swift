/// The characters that HTML has names for, those of Latin, of Greek and of typography.
enum HTMLReferences {
    /// In bytes, without & and ;.
    static let longest = 10

    /// - Parameter reference: what stands between & and ;.
    static func scalar(_ reference: ArraySlice<UInt8>) -> Unicode.Scalar? {
        let text = String(decoding: reference, as: UTF8.self)
        guard text.hasPrefix("#") else { return names[text] }
        let digits = text.dropFirst()
        let isHexadecimal = digits.hasPrefix("x") || digits.hasPrefix("X")
        let number = isHexadecimal ? digits.dropFirst() : digits
        guard let first = number.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            let value = UInt32(number, radix: isHexadecimal ? 16 : 10)
        else { return nil }
        if 0x80..<0xA0 ~= value { return windows1252[Int(value) - 0x80] }
        if value < 0x20 || value == 0x7F {
            return value == 9 || value == 10 || value == 13 ? " " : "\u{FFFD}"
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    /// What 0x80 to 0x9F meant where such numbers came from.
    private static let windows1252: [Unicode.Scalar] = [
        "€", "\u{FFFD}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{FFFD}", "Ž", "\u{FFFD}",
        "\u{FFFD}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{FFFD}", "ž", "Ÿ",
    ]

    private static let names: [String: Unicode.Scalar] = {
        var names: [String: Unicode.Scalar] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "AMP": "&", "LT": "<", "GT": ">",
            "QUOT": "\"", "OElig": "Œ", "oelig": "œ", "Scaron": "Š", "scaron": "š", "Yuml": "Ÿ", "fnof": "ƒ",
            "circ": "ˆ", "tilde": "˜", "ensp": " ", "emsp": " ", "thinsp": " ", "zwnj": "\u{200C}",
            "zwj": "\u{200D}", "lrm": "\u{200E}", "rlm": "\u{200F}", "ndash": "–", "mdash": "—", "lsquo": "‘",
            "rsquo": "’", "sbquo": "‚", "ldquo": "“", "rdquo": "”", "bdquo": "„", "dagger": "†",
            "Dagger": "‡",
            "bull": "•", "hellip": "…", "permil": "‰", "prime": "′", "Prime": "″", "lsaquo": "‹",
            "rsaquo": "›",
            "oline": "‾", "frasl": "⁄", "euro": "€", "trade": "™", "larr": "←", "uarr": "↑", "rarr": "→",
            "darr": "↓", "harr": "↔", "rArr": "⇒", "hArr": "⇔", "forall": "∀", "part": "∂", "exist": "∃",
            "empty": "∅", "nabla": "∇", "isin": "∈", "notin": "∉", "prod": "∏", "sum": "∑", "minus": "−",
            "lowast": "∗", "radic": "√", "prop": "∝", "infin": "∞", "ang": "∠", "and": "∧", "or": "∨",
            "cap": "∩",
            "cup": "∪", "int": "∫", "sim": "∼", "cong": "≅", "asymp": "≈", "ne": "≠", "equiv": "≡", "le": "≤",
            "ge": "≥", "sub": "⊂", "sup": "⊃", "check": "✓", "lbrack": "[", "rbrack": "]", "lpar": "(",
            "rpar": ")", "comma": ",", "period": ".", "colon": ":", "semi": ";", "num": "#", "percnt": "%",
            "dollar": "$", "ast": "*", "plus": "+", "equals": "=", "sol": "/", "bsol": "\\", "lowbar": "_",
            "vert": "|", "excl": "!", "quest": "?", "commat": "@", "NewLine": " ", "Tab": " ",
        ]
        for (name, scalar) in zip(latin1.split(separator: " "), (0xA0...0xFF).compactMap(Unicode.Scalar.init))
        {
            names[String(name)] = scalar
        }
        // U+03A2 is no letter: before it, a final sigma has no capital.
        let greekLetters = greek.split(separator: " ")
        for (name, value) in zip(greekLetters, Array(0x3B1...0x3C9)) {
            names[String(name)] = Unicode.Scalar(UInt32(value))
            guard name != "sigmaf" else { continue }
            let capital = name.prefix(1).uppercased() + name.dropFirst()
            names[capital] = Unicode.Scalar(UInt32(value - 0x20))
        }
        return names
    }()

    /// U+00A0 to U+00FF.
    private static let latin1 = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 \
        acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml \
        Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde \
        Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig \
        ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide \
        oslash ugrave uacute ucirc uuml yacute thorn yuml
        """

    /// U+03B1 to U+03C9.
    private static let greek = """
        alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau \
        upsilon phi chi psi omega
        """
}
