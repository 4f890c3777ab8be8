//! Named zones: abbreviations that mean one offset, those that a country decides, and names of places.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::{OffsetName, Tz};

use super::civil::Offset;

/// Abbreviations and their minutes east of Greenwich, in order. Where several zones share one, RFC 822's comes first.
const FIXED: [(&str, i32); 101] = [
    ("acdt", 630),
    ("acst", 570),
    ("adt", -180),
    ("aedt", 660),
    ("aest", 600),
    ("aft", 270),
    ("akdt", -480),
    ("akst", -540),
    ("almt", 300),
    ("art", -180),
    ("ast", -240),
    ("awst", 480),
    ("azt", 240),
    ("bdt", 360),
    ("bnt", 480),
    ("bot", -240),
    ("brst", -120),
    ("brt", -180),
    ("btt", 360),
    ("cat", 120),
    ("cdt", -300),
    ("cest", 120),
    ("cet", 60),
    ("chst", 600),
    ("clst", -180),
    ("clt", -240),
    ("cot", -300),
    ("cst", -360),
    ("cvt", -60),
    ("eat", 180),
    ("ect", -300),
    ("edt", -240),
    ("eest", 180),
    ("eet", 120),
    ("est", -300),
    ("fjt", 720),
    ("gmt", 0),
    ("gst", 240),
    ("gyt", -240),
    ("hdt", -540),
    ("hkt", 480),
    ("hst", -600),
    ("ict", 420),
    ("idt", 180),
    ("irdt", 270),
    ("irkt", 480),
    ("irst", 210),
    ("jst", 540),
    ("kgt", 360),
    ("krat", 420),
    ("kst", 540),
    ("magt", 660),
    ("mdt", -360),
    ("mest", 120),
    ("mesz", 120),
    ("met", 60),
    ("mez", 60),
    ("mmt", 390),
    ("msd", 240),
    ("msk", 180),
    ("mst", -420),
    ("mut", 240),
    ("mvt", 300),
    ("myt", 480),
    ("ndt", -150),
    ("novt", 420),
    ("npt", 345),
    ("nst", -210),
    ("nzdt", 780),
    ("nzst", 720),
    ("omst", 360),
    ("pdt", -420),
    ("pet", -300),
    ("pgt", 600),
    ("phst", 480),
    ("pht", 480),
    ("pkt", 300),
    ("pst", -480),
    ("pyt", -180),
    ("sast", 120),
    ("sgt", 480),
    ("slst", 330),
    ("sst", -660),
    ("tjt", 300),
    ("tmt", 300),
    ("trt", 180),
    ("ut", 0),
    ("utc", 0),
    ("uyt", -180),
    ("uzt", 300),
    ("vet", -240),
    ("vlat", 600),
    ("wat", 60),
    ("west", 60),
    ("wet", 0),
    ("wib", 420),
    ("wit", 540),
    ("wita", 480),
    ("yakt", 540),
    ("yekt", 300),
    ("z", 0),
];

/// Abbreviations that a country decides.
const NATIONAL: [(&str, &str, i32); 12] = [
    ("ist", "IN", 330),
    ("ist", "LK", 330),
    ("ist", "IE", 60),
    ("ist", "IL", 120),
    ("bst", "BD", 360),
    ("bst", "GB", 60),
    ("cst", "CN", 480),
    ("cst", "TW", 480),
    ("cst", "CU", -300),
    ("cdt", "CU", -240),
    ("gst", "GS", -120),
    ("pst", "PH", 480),
];

/// Names of zones that keep summer time: the place decides.
const PLACES: [(&str, Tz); 6] = [
    ("at", Tz::America__Halifax),
    ("ct", Tz::America__Chicago),
    ("et", Tz::America__New_York),
    ("mt", Tz::America__Denver),
    ("pt", Tz::America__Los_Angeles),
    ("uk", Tz::Europe__London),
];

/// What a folded name of a zone means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// This offset.
    Sure(Offset),
    /// Several zones have the name, and nothing tells which: this one is taken, if any.
    Unsure(Offset),
}

/// Reads a folded abbreviation or name of a place. `zone` and `country` are the source's; `local` is the time that
/// stands before the name. `None`: it is no name of a zone.
pub fn named(name: &str, zone: Tz, country: Option<&str>, local: NaiveDateTime) -> Option<Meaning> {
    if name.contains('/') {
        return Tz::from_str_insensitive(name).ok().map(|place| Meaning::Sure(Offset::Place(place)));
    }
    let national = NATIONAL.iter().filter(|(it, _, _)| *it == name);
    let ours = country.and_then(|country| {
        national
            .clone()
            .find(|(_, theirs, _)| country.eq_ignore_ascii_case(theirs))
            .map(|(_, _, minutes)| *minutes)
    });
    if let Some(minutes) = ours {
        return Some(Meaning::Sure(Offset::Seconds(minutes * 60)));
    }
    // The source's own zone may be known by this name.
    let here = zone.offset_from_local_datetime(&local).earliest();
    if zone != Tz::UTC
        && here.and_then(|it| it.abbreviation().map(|it| it.eq_ignore_ascii_case(name))) == Some(true)
    {
        return Some(Meaning::Sure(Offset::Place(zone)));
    }
    if let Some((_, place)) = PLACES.iter().find(|(it, _)| *it == name) {
        return Some(Meaning::Sure(Offset::Place(*place)));
    }
    if let Ok(at) = FIXED.binary_search_by_key(&name, |(it, _)| it) {
        return Some(Meaning::Sure(Offset::Seconds(FIXED[at].1 * 60)));
    }
    match name {
        // Britain's summer time is by far the most common meaning outside Bangladesh.
        "bst" => Some(Meaning::Unsure(Offset::Seconds(3600))),
        "ist" => Some(Meaning::Unsure(Offset::None)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, zone: Tz, country: Option<&str>, expected: Option<Meaning>) {
        let local = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap_or_default().naive_utc();
        assert_eq!(named(name, zone, country, local), expected, "{name}");
    }

    #[test]
    fn a_country_decides_whose_name_it_is() {
        let sure = |minutes: i32| Some(Meaning::Sure(Offset::Seconds(minutes * 60)));
        check("ist", Tz::UTC, Some("in"), sure(330));
        check("ist", Tz::UTC, Some("IE"), sure(60));
        check("ist", Tz::UTC, None, Some(Meaning::Unsure(Offset::None)));
        check("ist", Tz::Asia__Kolkata, None, Some(Meaning::Sure(Offset::Place(Tz::Asia__Kolkata))));
        check("bst", Tz::UTC, Some("BD"), sure(360));
        check("cst", Tz::UTC, Some("CN"), sure(480));
        check("cst", Tz::UTC, None, sure(-360));
    }

    #[test]
    fn places_and_fixed_names_are_known_others_are_not() {
        check("asia/dhaka", Tz::UTC, None, Some(Meaning::Sure(Offset::Place(Tz::Asia__Dhaka))));
        check("etc/gmt", Tz::UTC, None, Some(Meaning::Sure(Offset::Place(Tz::Etc__GMT))));
        check("jst", Tz::UTC, None, Some(Meaning::Sure(Offset::Seconds(32_400))));
        check("xyz", Tz::UTC, None, None);
    }

    #[test]
    fn names_are_in_order() {
        assert!(FIXED.is_sorted_by_key(|(name, _)| name));
    }
}
