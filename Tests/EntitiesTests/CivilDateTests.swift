import Testing

@testable import Entities

@Suite struct CivilDateTests {
    @Test func `day numbers and dates are inverse, day by day over 4 centuries`() throws {
        let first = try #require(CivilDate(year: 1799, month: 12, day: 31))
        var previous = first
        for number in (first.dayNumber + 1)...(first.dayNumber + 146_097) {
            let date = CivilDate(dayNumber: number)
            #expect(date.dayNumber == number)
            let next = CivilDate(year: previous.year, month: previous.month, day: previous.day + 1)
            let isNextMonth = date.day == 1 && date.month == previous.month % 12 + 1
            #expect(date == next || next == nil && isNextMonth)
            previous = date
        }
    }

    /// ISO 8601 and the Unix epoch.
    @Test(arguments: [
        (1970, 1, 1, 0, 4, 1970, 1), (2000, 2, 29, 11_016, 2, 2000, 9), (2016, 1, 1, 16_801, 5, 2015, 53),
        (2018, 12, 31, 17_896, 1, 2019, 1), (2021, 1, 3, 18_630, 7, 2020, 53),
    ])
    func `weekdays and weeks are those of ISO 8601`(
        year: Int, month: Int, day: Int, number: Int, weekday: Int, weekYear: Int, week: Int
    ) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.dayNumber == number)
        #expect(date.weekday == weekday)
        #expect(date.isoWeek == (weekYear, week))
    }

    /// Dates from the U.S. Naval Observatory's list.
    @Test(arguments: [(1961, 4, 2), (2000, 4, 23), (2018, 4, 1), (2019, 4, 21), (2024, 3, 31), (2038, 4, 25)])
    func `Easter`(year: Int, month: Int, day: Int) {
        #expect(CivilDate.easter(year) == CivilDate(year: year, month: month, day: day))
    }

    @Test func `a month ends on its last day`() throws {
        let date = try #require(CivilDate(year: 2020, month: 1, day: 31))
        #expect(date.adding(months: 1) == CivilDate(year: 2020, month: 2, day: 29))
        #expect(date.adding(months: -11) == CivilDate(year: 2019, month: 2, day: 28))
        #expect(CivilDate(year: 2019, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2019, month: 13, day: 1) == nil)
    }

    @Test(arguments: [
        ("2016-11-07T16:12:00+01:00", 58_320, 60 as Int?), ("2016-11-07", 0, nil),
        ("2016-11-07T23:59:60Z", 86_399, 0), ("2016-11-07t00:00:01.25-05:30", 1, -330),
    ])
    func `a reference is read from RFC 3339`(text: String, second: Int, offset: Int?) throws {
        let reference = try #require(ReferenceTime(rfc3339: text))
        #expect(reference.date == CivilDate(year: 2016, month: 11, day: 7))
        #expect(reference.second == second)
        #expect(reference.offset == offset)
    }

    @Test(arguments: [
        "", "2016", "2016-13-01", "2016-02-30", "2016-11-07T", "2016-11-07T25:00", "2016-11-07T10:60",
        "2016-11-07T10:00:00+25:00", "2016-11-07T10:00:00x", "16-11-07", "２016-11-07",
    ])
    func `what is no RFC 3339 is refused`(text: String) {
        #expect(ReferenceTime(rfc3339: text) == nil)
    }
}
