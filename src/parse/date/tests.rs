//! Strings of the wild and what they mean.

use chrono_tz::Tz;

use super::*;

fn found(text: &str, zone: Tz, country: Option<&str>) -> Option<String> {
    read(text, zone, country).map(|found| found.instant.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Each line: a date, ` = `, the instant in UTC, `none` for no date.
fn check(lines: &str) {
    check_in(lines, Tz::UTC, None);
}

fn check_in(lines: &str, zone: Tz, country: Option<&str>) {
    let mut wrong = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (text, expected) = line.rsplit_once(" = ").unwrap_or((line, ""));
        let got = found(text, zone, country).unwrap_or_else(|| "none".to_owned());
        if got != expected {
            wrong.push(format!("{text}\n    want {expected}\n    got  {got}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn rfc_822_and_its_bends() {
    check(
        "Tue, 25 Oct 2022 11:20:31 +0000 = 2022-10-25T11:20:31Z
         Tue, 25 Oct 2022 11:20 GMT = 2022-10-25T11:20:00Z
         25 Oct 22 11:20:31 UT = 2022-10-25T11:20:31Z
         Tuesday, 25-Oct-22 11:20:31 GMT = 2022-10-25T11:20:31Z
         Tues, 25 October 2022 9:20:31 -0700 = 2022-10-25T16:20:31Z
         tue,25 oct 2022 11:20:31 z = 2022-10-25T11:20:31Z
         Wed, 25 Oct 2022 24:00:00 GMT = 2022-10-26T00:00:00Z
         Thurs, 15 Sept 2020 00:00:39 +00:00 = 2020-09-15T00:00:39Z
         Sun Jan  4 16:29:06 2004 = 2004-01-04T16:29:06Z
         Sun Jan  4 16:29:06 PST 2004 = 2004-01-05T00:29:06Z
         Thu Aug 30 2012 17:26:16 +0200 = 2012-08-30T15:26:16Z
         Thu Nov 12 2020 17:00:00 GMT+0100 (Central European Standard Time) = 2020-11-12T16:00:00Z
         Thu, 29 Oct 2020 07:36:03 GMT-07:00 = 2020-10-29T14:36:03Z
         Mon, 26 Jan 2004 16:31:00 ET = 2004-01-26T21:31:00Z
         Mon, 26 Jul 2004 16:31:00 ET = 2004-07-26T20:31:00Z
         Fri, 31 Mar 2023 20:19:00 America/Los_Angeles = 2023-04-01T03:19:00Z
         Fri, 31 Mar 2023 20:19:00 Etc/GMT = 2023-03-31T20:19:00Z
         Thu, 01 Jan 0100 00:00:01 +0100 = 0099-12-31T23:00:01Z
         Fri, 2006/09/15 08:19:53 EDT = 2006-09-15T12:19:53Z
         1 Jan 109 12:00 GMT = 2009-01-01T12:00:00Z
         26 Sep 2022 GMT = 2022-09-26T00:00:00Z
         Mon, 04 Nov 2024 10:00:00 +530 = 2024-11-04T04:30:00Z
         Sat, 31 Dec 2016 23:59:60 GMT = 2017-01-01T00:00:00Z",
    );
}

#[test]
fn iso_8601_and_its_bends() {
    check(
        "2003-12-31T10:14:55Z = 2003-12-31T10:14:55Z
         2003-12-31T10:14:55.538+10:00 = 2003-12-31T00:14:55Z
         2003-12-31 10:14:55 +05:30 = 2003-12-31T04:44:55Z
         2003-12-31t10:14z = 2003-12-31T10:14:00Z
         2003-12-31T10:14:55+0200[Europe/Berlin] = 2003-12-31T08:14:55Z
         20031231T101455Z = 2003-12-31T10:14:55Z
         20031231101455 = 2003-12-31T10:14:55Z
         2003-12-31T24:00:00Z = 2004-01-01T00:00:00Z
         2003-12 = 2003-12-01T00:00:00Z
         2003 = 2003-01-01T00:00:00Z
         03-12-31 = 2003-12-31T00:00:00Z
         031231 = 2003-12-31T00:00:00Z
         -03-12 = 2003-12-01T00:00:00Z
         2003-335 = 2003-12-01T00:00:00Z
         2003335 = 2003-12-01T00:00:00Z
         2020-W53-7 = 2021-01-03T00:00:00Z
         2020W537 = 2021-01-03T00:00:00Z
         2020/1/10 14:33:00 = 2020-01-10T14:33:00Z
         2020-1-5 = 2020-01-05T00:00:00Z
         2004-07-08 23:56:58 -00:20 = 2004-07-09T00:16:58Z
         2020-10-05 11:30 PM = 2020-10-05T23:30:00Z
         2023-10-05 15:00:00 UTC = 2023-10-05T15:00:00Z
         1520932969 = 2018-03-13T09:22:49Z
         1520932969000 = 2018-03-13T09:22:49Z",
    );
}

#[test]
fn what_is_no_date_is_refused() {
    check(
        "013 = none
         hello = none
         28 Xyz 2010 21:03:38 GMT = none
         Sun, 16 Dec 2012 11:47:32 +zz:00 = none
         Sun, 16 Dec 2012 11:zz:32 +0000 = none
         Sun, 16 Dec 2012 zz:47:32 +0000 = none
         Sun, 99 Jun 2009 12:00:00 GMT = none
         Sun, 31 Feb 2009 12:00:00 GMT = none
         Sun, 31 Jan 2009 25:00:00 GMT = none
         Sun, 31 Jan 2009 12:61:00 GMT = none
         Sun, 31 zz 2012 12:00:00 GMT = none
         Sun, 31 Jan zzzz 12:00:00 GMT = none
         2003-13-01 = none
         2003-02-30T10:14:55Z = none
         2020-366 = 2020-12-31T00:00:00Z
         2021-366 = none
         May = none
         12:30 = none
         5 May = none
         99999999999999999999 = none
         the first of many words that are no date 2020 = none
         0001-01-01T00:00:00Z = none
         01 Jan 00 00::00 +0001 = none
         0000-00-00 00:00:00 = none
         ৯ কার্তিক ১৪২৯ = none
         2 hours ago = none",
    );
}

#[test]
fn numbers_only_by_weekday_country_and_clock() {
    check(
        "Sat, 11 04 2020 08:51:49 +0100 = 2020-04-11T07:51:49Z
         Wed, 11/04/2020 = 2020-11-04T00:00:00Z
         Mon, 03/30/2020 - 19:19 = 2020-03-30T19:19:00Z
         Fri, 26/06/2020 = 2020-06-26T00:00:00Z
         10/30/23 21:55:58 = 2023-10-30T21:55:58Z
         3/4/2020 9:05:07 PM = 2020-03-04T21:05:07Z
         03.04.2020 09:05 = 2020-04-03T09:05:00Z
         25-10-2022 = 2022-10-25T00:00:00Z
         10/2022 = 2022-10-01T00:00:00Z",
    );
    check_in("3/4/2020 = 2020-03-04T00:00:00Z", Tz::UTC, Some("US"));
    check_in("3/4/2020 = 2020-04-03T00:00:00Z", Tz::UTC, Some("IN"));
}

#[test]
fn bengali_as_dhaka_and_kolkata_write_it() {
    check_in(
        "মঙ্গলবার, ২৫ অক্টোবর ২০২২ = 2022-10-24T18:30:00Z
         মঙ্গলবার, ২৫ অক্টোবর ২০২২, ০২:১৫ পিএম = 2022-10-25T08:45:00Z
         মঙ্গলবার, ২৫ অক্টোবর ২০২২, ০২:১৫ এএম = 2022-10-24T20:45:00Z
         প্রকাশ: ২৫ অক্টোবর ২০২২, ১৪:১৫ = 2022-10-25T08:45:00Z
         প্রকাশিত: ২৫ অক্টোবর ২০২২ = 2022-10-24T18:30:00Z
         আপডেট : ২৫ অক্টোবর ২০২২, ১৪:১৫ = 2022-10-25T08:45:00Z
         প্রকাশের সময় : ২৫ অক্টোবর ২০২২ = 2022-10-24T18:30:00Z
         ১৪ অগস্ট ২০২৩ ১০:০০ = 2023-08-14T04:30:00Z
         ১৪ অগাস্ট, ২০২৩ ১০:০০ = 2023-08-14T04:30:00Z
         ১৪ আগষ্ট ২০২৩ ১০:০০ = 2023-08-14T04:30:00Z
         রোববার, ৩ সেপ্টেম্বর ২০২৩ ১০:০০ = 2023-09-03T04:30:00Z
         বুধবার, ৩ সেপ্টেম্বর ২০২৫, ১৯ ভাদ্র ১৪৩২ = 2025-09-02T18:30:00Z
         ১৫ পৌষ ১৪৩২, ৩০ ডিসেম্বর ২০২৫ = 2025-12-29T18:30:00Z
         অক্টোবর ২৫, ২০২২ ৪:৫০ অপরাহ্ন = 2022-10-25T11:20:00Z
         অক্টোবর ২৫, ২০২২ ৪:৫০ পূর্বাহ্ণ = 2022-10-24T23:20:00Z
         ২৫শে অক্টোবর ২০২২ = 2022-10-24T18:30:00Z
         ১৬ই ডিসেম্বর, ২০২২ = 2022-12-15T18:30:00Z
         ১লা মে ২০২২ = 2022-04-30T18:30:00Z
         25 অক্টোবর 2022 14:15 = 2022-10-25T08:45:00Z
         ২৫ অক্টোবরের ২০২২ = 2022-10-24T18:30:00Z
         ২৫ অক্টোবর ২০২২ দুপুর ২.১৫টা = 2022-10-25T08:45:00Z
         ২৫ অক্টোবর ২০২২ দুপুর সাড়ে ১২টা = 2022-10-25T07:00:00Z
         ২৫ অক্টোবর ২০২২, রাত ১০টা ৩০ মিনিট = 2022-10-25T17:00:00Z
         ২৫ অক্টোবর ২০২২, রাত পৌনে ১টা = 2022-10-24T19:15:00Z
         ২৫ অক্টোবর ২০২২, সকাল ৯টা = 2022-10-25T03:30:00Z
         ২৫ অক্টোবর ২০২২, বিকেল ৪:৩০ = 2022-10-25T11:00:00Z
         ২৫/১০/২০২২ = 2022-10-24T18:30:00Z
         ২৫ অক্টো ২০২২ = 2022-10-24T18:30:00Z
         ২৫ অক্টোঃ ২০২২ = 2022-10-24T18:30:00Z
         ২৫ জানুয়ারী ২০২২ = 2022-01-24T18:30:00Z
         ২৫ অক্টোবর ২০২২ খ্রিস্টাব্দ = 2022-10-24T18:30:00Z
         ২৫ অক্টোবর, ২০২২ ইং = 2022-10-24T18:30:00Z",
        Tz::Asia__Kolkata,
        Some("IN"),
    );
}

#[test]
fn the_words_of_many_languages() {
    check(
        "२५ अक्टूबर २०२२, शाम 5 बजे = 2022-10-25T17:00:00Z
         मंगलवार, 25 अक्तूबर 2022 = 2022-10-25T00:00:00Z
         २५ ऑक्टोबर २०२२ = 2022-10-25T00:00:00Z
         25 அக்டோபர் 2022 = 2022-10-25T00:00:00Z
         25 అక్టోబర్ 2022 = 2022-10-25T00:00:00Z
         منگل 25 اکتوبر 2022 = 2022-10-25T00:00:00Z
         ۲۵ اکتبر ۲۰۲۲ ساعت ۱۴:۱۵ = 2022-10-25T14:15:00Z
         الثلاثاء، ٢٥ أكتوبر ٢٠٢٢ 02:15 م = 2022-10-25T14:15:00Z
         25 تشرين الأول 2022 = 2022-10-25T00:00:00Z
         2022年10月25日 星期二 下午2:15 = 2022-10-25T14:15:00Z
         2022年10月25日 14时15分 = 2022-10-25T14:15:00Z
         2022年10月25日(火) 午後2時15分 = 2022-10-25T14:15:00Z
         令和4年10月25日 = 2022-10-25T00:00:00Z
         2022년 10월 25일 (화) 오후 2시 15분 10초 = 2022-10-25T14:15:10Z
         2022년 10월 25일 = 2022-10-25T00:00:00Z
         2004-05-25 오후 11:23:17 = 2004-05-25T23:23:17Z
         25 ตุลาคม พ.ศ. 2565 14:15 น. = 2022-10-25T14:15:00Z
         วันอังคารที่ 25 ต.ค. 2565 = 2022-10-25T00:00:00Z
         вторник, 25 октября 2022 г., 14:15 = 2022-10-25T14:15:00Z
         25 жовтня 2022 о 14:15 = 2022-10-25T14:15:00Z
         25 Ekim 2022 Salı 14:15 = 2022-10-25T14:15:00Z
         Τρι, 25 Οκτ 2022 14:15:00 EET = 2022-10-25T12:15:00Z
         Τρίτη, 25 Οκτωβρίου 2022, 2:15 μ.μ. = 2022-10-25T14:15:00Z
         2022. október 25., 14:15 = 2022-10-25T14:15:00Z
         2004-július-13T9:15-05:00 = 2004-07-13T14:15:00Z
         Dienstag, 25. Oktober 2022, 14:15 Uhr = 2022-10-25T14:15:00Z
         Do, 29 Mär 2018 00:00:00 +0200 = 2018-03-28T22:00:00Z
         mardi 25 octobre 2022 à 14h15 = 2022-10-25T14:15:00Z
         mar. 25 oct. 2022 = 2022-10-25T00:00:00Z
         Lundi, 16. Novembre 2020 - 15:54 = 2020-11-16T15:54:00Z
         martes, 25 de octubre de 2022, 2:15 p. m. = 2022-10-25T14:15:00Z
         martedì 25 ottobre 2022 alle ore 14:15 = 2022-10-25T14:15:00Z
         terça-feira, 25 de outubro de 2022 às 14h15 = 2022-10-25T14:15:00Z
         dinsdag 25 oktober 2022 om 14:15 uur = 2022-10-25T14:15:00Z
         wtorek, 25 października 2022 = 2022-10-25T00:00:00Z
         úterý 25. října 2022 14:15 = 2022-10-25T14:15:00Z
         tisdag 25 oktober 2022 kl. 14:15 = 2022-10-25T14:15:00Z
         tirsdag 25. oktober 2022 kl. 14.15 = 2022-10-25T14:15:00Z
         25 tháng 10 năm 2022 = 2022-10-25T00:00:00Z
         Selasa, 25 Okt 2022 14:15 WIB = 2022-10-25T07:15:00Z
         יום שלישי, 25 באוקטובר 2022 = 2022-10-25T00:00:00Z
         Nov. 16, 2020, 10:57 a.m. = 2020-11-16T10:57:00Z
         Thu, June 22, 2023 at 01:11 PM EDT = 2023-06-22T17:11:00Z
         Tuesday, October 25th, 2022 3pm = 2022-10-25T15:00:00Z
         Jan. 4, 2016, 12:37 p.m. = 2016-01-04T12:37:00Z
         12:05 a.m., Oct 25 2022 = 2022-10-25T00:05:00Z",
    );
}

#[test]
fn zones_without_a_meaning_are_the_sources_and_remarked() {
    let remark = |text: &str, zone, country| read(text, zone, country).and_then(|found| found.remark);
    check_in("Tue, 25 Oct 2022 11:20:31 IST = 2022-10-25T05:50:31Z", Tz::UTC, Some("IN"));
    check_in("Tue, 25 Oct 2022 11:20:31 IST = 2022-10-25T11:20:31Z", Tz::UTC, None);
    check_in("Tue, 25 Oct 2022 11:20:31 XYZ = 2022-10-25T05:20:31Z", Tz::Asia__Dhaka, None);
    check_in("Tue, 25 Oct 2022 11:20:31 BST = 2022-10-25T05:20:31Z", Tz::UTC, Some("BD"));
    assert!(remark("Tue, 25 Oct 2022 11:20:31 XYZ", Tz::UTC, None).is_some_and(|it| it.contains("`XYZ`")));
    assert!(remark("Tue, 25 Oct 2022 11:20:31 IST", Tz::UTC, None).is_some_and(|it| it.contains("`IST`")));
    assert_eq!(remark("Tue, 25 Oct 2022 11:20:31 IST", Tz::UTC, Some("IN")), None);
    assert_eq!(remark("2022-10-25T11:20:31", Tz::UTC, None), Some(format!("{NO_ZONE} `UTC`")));
}

/// Found by the fuzz target `normalize`: a zone of four bytes that are not four signs.
#[test]
fn a_zone_of_other_letters_breaks_nothing() {
    for zone in ["+贰x", "-é1a", "+€1", "-০1"] {
        for text in [format!("Tue, 25 Oct 2022 11:20:31 {zone}"), format!("25 Oct 2022 11:20 {zone}")] {
            let _ = read(&text, Tz::UTC, None);
            let _ = read_anywhere(&text, None);
        }
    }
}

#[test]
fn a_language_of_one_zone_tells_it_when_nobody_else_does() {
    let found = |text: &str| read_anywhere(text, None).map(|found| found.instant.to_rfc3339());
    assert_eq!(found("2004년 05월 28일  01:31:15").as_deref(), Some("2004-05-27T16:31:15+00:00"));
    assert_eq!(found("2004-05-25 오후 11:23:17").as_deref(), Some("2004-05-25T14:23:17+00:00"));
    assert_eq!(found("25 October 2022 14:15").as_deref(), Some("2022-10-25T14:15:00+00:00"));
    assert_eq!(found("২৫ অক্টোবর ২০২২ ১৪:১৫").as_deref(), Some("2022-10-25T14:15:00+00:00"));
}

#[test]
fn hours_that_clocks_skip_are_read_an_hour_later() {
    check_in(
        "2026-03-08T02:30:00 = 2026-03-08T07:30:00Z
         2026-11-01T01:30:00 = 2026-11-01T05:30:00Z",
        Tz::America__New_York,
        None,
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,40}") {
        if let Some(found) = read(&text, Tz::UTC, None) {
            let again = read(&found.instant.to_rfc3339(), Tz::UTC, None);
            proptest::prop_assert_eq!(again.map(|it| it.instant), Some(found.instant));
        }
    }

    #[test]
    fn pieces_of_dates_in_any_order_are_read_without_a_panic(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "25", "2022", "oct", "+", "-", ":", ".", "zz", "pm", "年", "月", "অক্টোবর", "0530", " ", "t", "z", "/", "gmt",
            "99999999999", "พ.ศ.", "সাড়ে", "টা", "ভাদ্র", "令和", "(", "00",
        ]), 0..14),
    ) {
        let _ = read(&parts.concat(), Tz::UTC, Some("IN"));
        if let Some(found) = read(&parts.join(" "), Tz::Asia__Dhaka, None) {
            let again = read(&found.instant.to_rfc3339(), Tz::UTC, None);
            proptest::prop_assert_eq!(again.map(|it| it.instant), Some(found.instant));
        }
    }
}
