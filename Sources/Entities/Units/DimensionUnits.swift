/// Units of length, area, volume, weight, speed, information, angle and more.
enum DimensionUnits {
    static var all: [UnitEntry] {
        lengths + areas + volumes + weights + information + angles + others + speeds + concentrations
    }

    private static let lengths = [
        UnitEntry(
            "Kilometer", "Length", "kilometer;kilometers;kilometre;kilometres;kilo meter;kilo meters;km;kms"),
        UnitEntry("Hectometer", "Length", "hectometer;hectometers;hectometre;hectometres;hm"),
        UnitEntry("Decameter", "Length", "decameter;decameters;decametre;decametres;dam"),
        UnitEntry("Meter", "Length", "meter;meters;metre;metres", symbols: "m"),
        UnitEntry("Decimeter", "Length", "decimeter;decimeters;decimetre;decimetres", symbols: "dm"),
        UnitEntry("Centimeter", "Length", "centimeter;centimeters;centimetre;centimetres;cm;cms"),
        UnitEntry("Millimeter", "Length", "millimeter;millimeters;millimetre;millimetres", symbols: "mm"),
        UnitEntry(
            "Micrometer", "Length", "micrometer;micrometers;micrometre;micrometres;micron;microns;µm;μm"),
        UnitEntry("Nanometer", "Length", "nanometer;nanometers;nanometre;nanometres", symbols: "nm"),
        UnitEntry("Picometer", "Length", "picometer;picometers;picometre;picometres", symbols: "pm"),
        UnitEntry("Mile", "Length", "mile;miles;mi"),
        UnitEntry("Yard", "Length", "yard;yards;yd;yds"),
        UnitEntry("Inch", "Length", "inch;inches;\""),
        UnitEntry("Foot", "Length", "foot;feet;ft"),
        UnitEntry("Light year", "Length", "light year;light years;light-year;light-years"),
        UnitEntry("Nautical mile", "Length", "nautical mile;nautical miles;nmi"),
    ]

    private static let areas = [
        UnitEntry(
            "Square kilometer", "Area",
            "square kilometer;square kilometers;square kilometre;square kilometres;sq km;km2;km²;km^2"),
        UnitEntry("Hectare", "Area", "hectare;hectares;ha"),
        UnitEntry("Square decimeter", "Area", "square decimeter;square decimeters;sq dm;dm2;dm²;dm^2"),
        UnitEntry(
            "Square meter", "Area",
            "square meter;square meters;square metre;square metres;sq m;sq meter;sq meters;m2;m²;m^2;sqm"),
        UnitEntry(
            "Square centimeter", "Area",
            "square centimeter;square centimeters;square centimetre;square centimetres;sq cm;cm2;cm²;cm^2"),
        UnitEntry(
            "Square millimeter", "Area", "square millimeter;square millimeters;sq mm;mm2;mm²;mm^2"),
        UnitEntry("Square inch", "Area", "square inch;square inches;sq in;in2;in²;in^2"),
        UnitEntry("Square foot", "Area", "square foot;square feet;sq ft;sqft;ft2;ft²;ft^2"),
        UnitEntry("Square mile", "Area", "square mile;square miles;sq mi;mi2;mi²;mi^2"),
        UnitEntry("Square yard", "Area", "square yard;square yards;sq yd;yd2;yd²;yd^2"),
        UnitEntry("Acre", "Area", "acre;acres"),
    ]

    private static let volumes = [
        UnitEntry(
            "Cubic meter", "Volume", "cubic meter;cubic meters;cubic metre;cubic metres;m3;m³;m^3;cu m"),
        UnitEntry(
            "Cubic centimeter", "Volume",
            "cubic centimeter;cubic centimeters;cubic centimetre;cubic centimetres;cm3;cm³;cm^3;cc"),
        UnitEntry("Cubic millimeter", "Volume", "cubic millimeter;cubic millimeters;mm3;mm³;mm^3"),
        UnitEntry("Cubic decimeter", "Volume", "cubic decimeter;cubic decimeters;dm3;dm³;dm^3"),
        UnitEntry("Cubic kilometer", "Volume", "cubic kilometer;cubic kilometers;km3;km³;km^3"),
        UnitEntry("Cubic foot", "Volume", "cubic foot;cubic feet;cu ft;ft3;ft³;ft^3"),
        UnitEntry("Cubic inch", "Volume", "cubic inch;cubic inches;cu in;in3;in³;in^3"),
        UnitEntry("Cubic yard", "Volume", "cubic yard;cubic yards;cu yd"),
        UnitEntry("Cubic mile", "Volume", "cubic mile;cubic miles"),
        UnitEntry("Hectoliter", "Volume", "hectoliter;hectoliters;hectolitre;hectolitres;hl"),
        UnitEntry("Liter", "Volume", "liter;liters;litre;litres;l"),
        UnitEntry("Deciliter", "Volume", "deciliter;deciliters;decilitre;decilitres;dl"),
        UnitEntry("Centiliter", "Volume", "centiliter;centiliters;centilitre;centilitres;cl"),
        UnitEntry("Milliliter", "Volume", "milliliter;milliliters;millilitre;millilitres;ml;mls"),
        UnitEntry("Gallon", "Volume", "gallon;gallons;gal;gals"),
        UnitEntry("Pint", "Volume", "pint;pints"),
        UnitEntry("Quart", "Volume", "quart;quarts"),
        UnitEntry("Cup", "Volume", "cup;cups"),
        UnitEntry("Barrel", "Volume", "barrel;barrels;bbl"),
        UnitEntry("Teaspoon", "Volume", "teaspoon;teaspoons;tsp"),
        UnitEntry("Tablespoon", "Volume", "tablespoon;tablespoons;tbsp"),
        UnitEntry("Fluid ounce", "Volume", "fluid ounce;fluid ounces;fl oz"),
        UnitEntry("Bushel", "Volume", "bushel;bushels"),
    ]

    private static let weights = [
        UnitEntry("Kilogram", "Weight", "kilogram;kilograms;kilogramme;kilogrammes;kilo;kilos;kg;kgs;k.g."),
        UnitEntry("Gram", "Weight", "gram;grams;gramme;grammes", symbols: "g;gs;gm"),
        UnitEntry("Milligram", "Weight", "milligram;milligrams;milligramme;milligrammes;mg;mgs"),
        UnitEntry(
            "Microgram", "Weight", "microgram;micrograms;microgramme;microgrammes;µg;μg;mcg"),
        UnitEntry(
            "Metric ton", "Weight", "metric ton;metric tons;metric tonne;metric tonnes"),
        UnitEntry("Ton", "Weight", "ton;tons;tonne;tonnes", symbols: "t"),
        UnitEntry("Pound", "Weight", "pound;pounds;lb;lbs"),
        UnitEntry("Ounce", "Weight", "ounce;ounces;oz"),
        UnitEntry("Stone", "Weight", "stone;stones"),
        UnitEntry("Grain", "Weight", "grain;grains"),
        UnitEntry("Dram", "Weight", "dram;drams;drachm;drachma"),
        UnitEntry("Carat", "Weight", "carat;carats"),
    ]

    private static let information = [
        UnitEntry("Bit", "Information", "bit;bits"),
        UnitEntry("Kilobit", "Information", "kilobit;kilobits", symbols: "kb;Kb"),
        UnitEntry("Megabit", "Information", "megabit;megabits", symbols: "mb;Mb"),
        UnitEntry("Gigabit", "Information", "gigabit;gigabits", symbols: "gb;Gb"),
        UnitEntry("Terabit", "Information", "terabit;terabits", symbols: "tb;Tb"),
        UnitEntry("Byte", "Information", "byte;bytes"),
        UnitEntry("Kilobyte", "Information", "kilobyte;kilobytes", symbols: "kB;KB"),
        UnitEntry("Megabyte", "Information", "megabyte;megabytes", symbols: "MB"),
        UnitEntry("Gigabyte", "Information", "gigabyte;gigabytes", symbols: "GB"),
        UnitEntry("Terabyte", "Information", "terabyte;terabytes", symbols: "TB"),
        UnitEntry("Petabyte", "Information", "petabyte;petabytes", symbols: "PB"),
        UnitEntry("Kibibyte", "Information", "kibibyte;kibibytes;kib"),
        UnitEntry("Mebibyte", "Information", "mebibyte;mebibytes;mib"),
        UnitEntry("Gibibyte", "Information", "gibibyte;gibibytes;gib"),
    ]

    private static let angles = [
        UnitEntry("Degree", "Angle", "degree;degrees;deg;deg.;°"),
        UnitEntry("Radian", "Angle", "radian;radians;rad;rads"),
        UnitEntry("Turn", "Angle", "turn;turns"),
    ]

    private static let others = [
        UnitEntry("Watt", "Power", "watt;watts", symbols: "W"),
        UnitEntry("Kilowatt", "Power", "kilowatt;kilowatts;kw"),
        UnitEntry("Megawatt", "Power", "megawatt;megawatts", symbols: "MW"),
        UnitEntry("Horsepower", "Power", "horsepower;hp"),
        UnitEntry("Joule", "Energy", "joule;joules", symbols: "J"),
        UnitEntry("Kilojoule", "Energy", "kilojoule;kilojoules;kj"),
        UnitEntry("Kilowatt hour", "Energy", "kilowatt hour;kilowatt hours;kwh"),
        UnitEntry("Kilocalorie", "Energy", "kilocalorie;kilocalories;kcal"),
        UnitEntry("Hertz", "Frequency", "hertz;hz"),
        UnitEntry("Kilohertz", "Frequency", "kilohertz;khz"),
        UnitEntry("Megahertz", "Frequency", "megahertz;mhz"),
        UnitEntry("Gigahertz", "Frequency", "gigahertz;ghz"),
        UnitEntry("Volt", "Voltage", "volt;volts", symbols: "V"),
        UnitEntry("Pascal", "Pressure", "pascal;pascals", symbols: "Pa"),
        UnitEntry("Kilopascal", "Pressure", "kilopascal;kilopascals;kpa"),
        UnitEntry("Bar", "Pressure", "bars"),
        UnitEntry("Millimeter of mercury", "Pressure", "mmhg;mm hg"),
    ]

    private static let speedSpellings = [
        UnitEntry("Mile per hour", "Speed", "mph;mi/h;miles an hour;mile an hour"),
        UnitEntry("Kilometer per hour", "Speed", "kph;kmph;kmh;km/h;kilometers an hour;kilometres an hour"),
        UnitEntry("Meter per second", "Speed", "m/s;meters a second;metres a second"),
        UnitEntry("Foot per second", "Speed", "fps;ft/s;feet a second"),
        UnitEntry("Knot", "Speed", "knot;knots;kt"),
    ]

    private static let times = [
        ("hour", "hour;hr;h"), ("minute", "minute;min"), ("second", "second;sec;s"),
        ("millisecond", "millisecond;ms"),
    ]

    /// Every length by every time: `km/hr`, `centimeters per millisecond`.
    private static var speeds: [UnitEntry] {
        let travelled = ["Kilometer", "Meter", "Centimeter", "Millimeter", "Mile", "Foot", "Yard", "Inch"]
        let products = lengths.filter { travelled.contains($0.meaning.name) }.flatMap { length in
            times.map { time, names in
                let spellings = length.spellings.split(separator: ";").flatMap { way in
                    names.split(separator: ";").flatMap { ["\(way) per \($0)", "\(way)/\($0)"] }
                }
                return UnitEntry(
                    "\(length.meaning.name) per \(time)", "Speed", spellings.joined(separator: ";"))
            }
        }
        return speedSpellings + products
    }

    private static let solved = [
        ("Kilogram", "kilogram;kilograms;kg"), ("Gram", "gram;grams;g"),
        ("Milligram", "milligram;milligrams;mg"),
        ("Microgram", "microgram;micrograms;µg;μg;mcg;ug"), ("Nanogram", "nanogram;nanograms;ng"),
        ("Mole", "mole;moles;mol"), ("Millimole", "millimole;millimoles;mmol"),
        ("Micromole", "micromole;micromoles;µmol;μmol;umol"), ("Milliequivalent", "meq"),
        ("International unit", "international unit;international units;iu"),
        ("Milliliter", "milliliter;milliliters;millilitre;millilitres;ml"),
        ("Liter", "liter;liters;litre;litres;l"),
    ]
    private static let solvents = [
        ("liter", "liter;litre;l"), ("deciliter", "deciliter;decilitre;dl"),
        ("milliliter", "milliliter;millilitre;ml"), ("cubic meter", "cubic meter;cubic metre;m3;m³"),
    ]
    private static let flowTimes = [("hour", "hour;h"), ("minute", "minute;min"), ("second", "second;s")]

    /// So much in a volume, as laboratories write it, and so much of a volume in a time: `g/dL`, `mmol per litre`,
    /// `ml/h`.
    private static var concentrations: [UnitEntry] {
        let volumes: Set<String> = ["Milliliter", "Liter"]
        return solved.flatMap { solved, names in
            let isVolume = volumes.contains(solved)
            return (isVolume ? flowTimes : solvents).map { solvent, others in
                let spellings = names.split(separator: ";").flatMap { name in
                    others.split(separator: ";").flatMap { ["\(name) per \($0)", "\(name)/\($0)"] }
                }
                return UnitEntry(
                    "\(solved) per \(solvent)", isVolume ? "Flow" : "Concentration",
                    spellings.joined(separator: ";"))
            }
        }
    }

    /// Units that words of other meanings look like: alone, with no number before them, they say nothing.
    static let neverAlone: Set<String> = [
        "Meter", "Foot", "Inch", "Mile", "Yard", "Barrel", "Cup", "Pint", "Quart", "Liter", "Pound", "Stone",
        "Ton",
        "Ounce", "Grain", "Dram", "Carat", "Bit", "Degree", "Turn", "Radian", "Knot", "Acre", "Bar", "Volt",
        "Watt",
        "Decimeter", "Picometer", "Nanometer", "Millimeter", "Byte", "Decameter", "Hectare", "Bushel",
        "Gallon",
        "Megabit", "Kilobit", "Gigabit", "Terabit", "Joule", "Pascal", "Horsepower", "Kilogram", "Kilometer",
        "Centimeter", "Teaspoon", "Tablespoon", "Hectoliter", "Centiliter", "Deciliter",
    ]

    /// Where one of these stands in the sentence, degrees are of an angle and not of heat.
    static let angleWords = """
        angle angles rotate rotated rotates rotating rotation turn turned turning spin tilt tilted twist \
        steer latitude longitude
        """

    /// What a smaller unit adds to a greater: so many of it make one.
    static let parts: [(whole: String, part: String, count: Int)] = [
        ("Foot", "Inch", 12), ("Pound", "Ounce", 16), ("Yard", "Foot", 3),
    ]
}
