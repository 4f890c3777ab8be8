//! What the schedule promises, by example and for any history.

use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::value::Cron;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn well() -> History {
    History { last_success: Some(now()), ..History::default() }
}

fn failed(failures: u32) -> History {
    History { failures, ..well() }
}

/// How long `history` lets us wait from now, for a seed that leans to the full time.
fn wait(schedule: &Schedule, history: &History) -> Duration {
    (next(schedule, Tz::UTC, history, now(), &upright()) - now()).to_std().unwrap()
}

/// A seed that takes (almost) nothing away.
fn upright() -> String {
    let seeds = (0..2000).map(|n| n.to_string());
    seeds.min_by(|a, b| lean(a).total_cmp(&lean(b))).unwrap()
}

fn check(schedule: &Schedule, history: &History, expected: Duration) {
    let (told, slack) = (wait(schedule, history), expected / 500 + Duration::from_secs(3));
    assert!(
        told <= expected + slack && told + slack >= expected,
        "{told:?} and not {expected:?}: {history:?}"
    );
}

fn ago(hours: &[f64]) -> Vec<Timestamp> {
    hours.iter().map(|hours| now() - TimeDelta::seconds((hours * 3600.0) as i64)).collect()
}

#[test]
fn a_source_that_was_never_asked_is_due_and_a_file_always_is() {
    assert_eq!(next(&Schedule::Adaptive, Tz::UTC, &History::default(), now(), "a"), now());
    let (web, disk) = (Url::parse("https://a.example/").unwrap(), Url::parse("file:///a").unwrap());
    let later = Some(now() + TimeDelta::seconds(1));
    assert!(is_due(&web, None, now()) && is_due(&web, Some(now()), now()) && !is_due(&web, later, now()));
    assert!(is_due(&disk, later, now()));
}

#[test]
fn every_is_kept_and_doubles_with_failures_up_to_a_day() {
    let every = Schedule::Every(30 * MINUTE);
    check(&every, &well(), 30 * MINUTE);
    check(&every, &failed(1), 30 * MINUTE);
    check(&every, &failed(3), 2 * HOUR);
    check(&every, &failed(20), 24 * HOUR);
    check(&every, &failed(u32::MAX), 24 * HOUR);
    check(&Schedule::Every(7 * LONGEST), &failed(3), 7 * LONGEST);
}

#[test]
fn adaptive_follows_rhythm_and_hints_within_its_bounds() {
    let rhythm = |recent: &[f64]| History { recent: ago(recent), ..well() };
    check(&Schedule::Adaptive, &well(), HOUR);
    check(&Schedule::Adaptive, &rhythm(&[1.0, 3.0, 5.0]), HOUR);
    check(&Schedule::Adaptive, &rhythm(&[0.1, 0.2, 0.3]), SHORTEST + SHORTEST / 9);
    check(&Schedule::Adaptive, &rhythm(&[16.0]), 2 * HOUR);
    check(&Schedule::Adaptive, &rhythm(&[-50.0, 1.0, 3.0]), HOUR);
    check(&Schedule::Adaptive, &rhythm(&[9000.0]), 24 * HOUR);
    let hints =
        |max_age, ttl_minutes| History { max_age: Some(max_age), ttl_minutes: Some(ttl_minutes), ..well() };
    check(&Schedule::Adaptive, &hints(2 * HOUR, 180), 3 * HOUR);
    check(&Schedule::Adaptive, &hints(Duration::MAX, 1), 24 * HOUR);
    check(&Schedule::Adaptive, &hints(Duration::ZERO, 0), HOUR);
}

#[test]
fn adaptive_backs_off_from_a_quarter_of_an_hour_to_a_day() {
    check(&Schedule::Adaptive, &failed(1), SHORTEST + SHORTEST / 9);
    check(&Schedule::Adaptive, &failed(3), HOUR);
    check(&Schedule::Adaptive, &failed(99), 24 * HOUR);
}

#[test]
fn who_refuses_us_is_left_alone_twice_as_long() {
    let refused = |failures| History { refused: true, ..failed(failures) };
    check(&Schedule::Adaptive, &refused(1), 30 * MINUTE);
    check(&Schedule::Adaptive, &refused(3), 2 * HOUR);
    check(&Schedule::Every(MINUTE), &refused(1), 30 * MINUTE);
    check(&Schedule::Every(2 * HOUR), &refused(1), 4 * HOUR);
    check(&Schedule::Adaptive, &refused(99), 24 * HOUR);
}

#[test]
fn hours_and_days_that_nobody_need_ask_are_left_out() {
    let skip = |hours: &[u8], days: &[&str]| History {
        skip_hours: hours.to_vec(),
        skip_days: days.iter().map(ToString::to_string).collect(),
        ..well()
    };
    // Now is a Monday, 12:00; without hints the next time is a little before 13:00.
    check(&Schedule::Adaptive, &skip(&[12], &[]), HOUR);
    check(&Schedule::Adaptive, &skip(&[12, 13, 14], &[]), 3 * HOUR);
    check(&Schedule::Adaptive, &skip(&[], &["monday "]), 12 * HOUR);
    let all: Vec<u8> = (0..24).collect();
    check(&Schedule::Adaptive, &skip(&all, &[]), 24 * HOUR);
    check(&Schedule::Every(30 * MINUTE), &skip(&all, &[]), 30 * MINUTE);
}

#[test]
fn a_feed_that_names_its_beat_is_asked_just_after_it() {
    let beat = |base: &str, ttl_minutes, asked: &str| {
        let history = History {
            last_try: Some(asked.parse().unwrap()),
            ttl_minutes: Some(ttl_minutes),
            update_base: Some(base.parse().unwrap()),
            ..well()
        };
        let due = next(&Schedule::Adaptive, Tz::UTC, &history, asked.parse().unwrap(), &upright());
        due.format("%dT%H:%M").to_string()
    };
    assert_eq!(beat("2000-01-01T12:30:00Z", 60, "2026-11-23T12:40:00Z"), "23T13:30");
    assert_eq!(beat("2000-01-01T12:30:00Z", 60, "2026-11-23T12:30:00Z"), "23T13:30");
    assert_eq!(beat("2000-01-01T06:00:00Z", 1440, "2026-11-23T06:01:00Z"), "24T06:00");
    assert_eq!(beat("2050-01-01T00:10:00Z", 120, "2026-11-23T12:40:00Z"), "23T14:10");
    // A beat that is longer than we wait, or shorter than we ask, tells nothing.
    assert_eq!(beat("2000-01-01T12:30:00Z", 5, "2026-11-23T12:40:00Z"), "23T13:40");
    assert_eq!(beat("2000-01-01T12:30:00Z", 9999, "2026-11-23T12:40:00Z"), "24T12:39");
}

#[test]
fn a_calendar_is_kept_to_the_second_and_thinned_by_failures() {
    let cron = Schedule::Cron(Cron::try_from("5 * * * *".to_owned()).unwrap());
    let time =
        |history: &History| next(&cron, Tz::UTC, history, now(), "any").format("%dT%H:%M:%S").to_string();
    assert_eq!(time(&well()), "23T12:05:00");
    assert_eq!(time(&failed(1)), "23T12:05:00");
    assert_eq!(time(&failed(4)), "23T14:05:00");
    assert_eq!(time(&failed(40)), "24T12:05:00");
    let daily = Schedule::Cron(Cron::try_from("0 6 * * *".to_owned()).unwrap());
    let due = next(&daily, Tz::Asia__Kolkata, &well(), now(), "any");
    assert_eq!(due.to_rfc3339(), "2026-11-24T00:30:00+00:00");
}

#[test]
fn a_missed_time_is_caught_up_once() {
    let slept = History { last_try: Some(now() - TimeDelta::days(9)), ..well() };
    let cron = Schedule::Cron(Cron::try_from("5 * * * *".to_owned()).unwrap());
    for schedule in [Schedule::Adaptive, Schedule::Every(HOUR), cron] {
        assert_eq!(next(&schedule, Tz::UTC, &slept, now(), "a"), now());
    }
}

#[test]
fn who_is_gone_is_probed_weekly() {
    let gone = History { gone: true, failures: 3, ..well() };
    let cron = Schedule::Cron(Cron::try_from("5 * * * *".to_owned()).unwrap());
    for schedule in [Schedule::Adaptive, Schedule::Every(MINUTE), cron] {
        check(&schedule, &gone, PROBE);
    }
}

fn schedules() -> impl Strategy<Value = Schedule> {
    prop_oneof![
        Just(Schedule::Adaptive),
        (60u64..1_000_000).prop_map(|seconds| Schedule::Every(Duration::from_secs(seconds))),
        Just(Schedule::Cron(Cron::try_from("*/20 * * * *".to_owned()).unwrap())),
    ]
}

fn durations() -> impl Strategy<Value = Option<Duration>> {
    proptest::option::of(any::<u64>().prop_map(|bits| Duration::from_secs(bits >> (bits % 64))))
}

prop_compose! {
    fn histories()(
        failures in 0u32..40,
        refused: bool,
        retry_after in durations(),
        max_age in durations(),
        ttl_minutes in proptest::option::of(prop_oneof![any::<u32>(), 1u32..2000]),
        base in proptest::option::of(-1_000_000_000i64..1_000_000_000),
        skip_hours in proptest::collection::vec(0u8..24, 0..24),
        recent in proptest::collection::vec(-1e4f64..1e5, 0..20),
        tried in proptest::option::of(0i64..100_000),
    ) -> History {
        History {
            last_try: tried.map(|seconds| now() - TimeDelta::seconds(seconds)),
            last_success: Some(now()),
            update_base: base.map(|seconds| now() + TimeDelta::seconds(seconds)),
            failures, refused, retry_after, max_age, ttl_minutes, skip_hours,
            recent: ago(&recent),
            ..History::default()
        }
    }
}

proptest! {
    #[test]
    fn the_next_time_is_never_in_the_past_and_never_beyond_a_week_or_the_plan(
        schedule in schedules(), history in histories(), seed in "[a-z]{1,8}"
    ) {
        let due = next(&schedule, Tz::UTC, &history, now(), &seed);
        prop_assert!(due >= now());
        let plan = match &schedule { Schedule::Every(every) => *every, _ => Duration::ZERO };
        let latest = after(now(), plan.max(PROBE + PROBE / 10) + HOUR);
        prop_assert!(due <= latest, "{due}");
    }

    #[test]
    fn adaptive_stays_within_its_bounds(history in histories(), seed in "[a-z]{1,8}") {
        let history = History { retry_after: None, last_try: Some(now()), ..history };
        let wait = (next(&Schedule::Adaptive, Tz::UTC, &history, now(), &seed) - now()).to_std().unwrap();
        prop_assert!((SHORTEST..=LONGEST).contains(&wait), "{wait:?}");
    }

    #[test]
    fn what_the_server_asks_for_is_never_undercut(schedule in schedules(), history in histories(), seed in "[a-z]{1,8}") {
        let history = History { last_try: Some(now()), ..history };
        let asked = history.retry_after.unwrap_or_default().min(PROBE);
        prop_assert!(next(&schedule, Tz::UTC, &history, now(), &seed) >= after(now(), asked));
    }

    #[test]
    fn one_more_failure_never_comes_sooner(schedule in schedules(), history in histories(), seed in "[a-z]{1,8}") {
        let first = History { failures: history.failures.max(1), ..history };
        let more = History { failures: first.failures + 1, ..first.clone() };
        let time = |history| next(&schedule, Tz::UTC, history, now(), &seed);
        prop_assert!(time(&more) >= time(&first));
    }

    #[test]
    fn the_same_question_has_the_same_answer(schedule in schedules(), history in histories(), seed in "[a-z]{1,8}") {
        let time = || next(&schedule, Tz::UTC, &history, now(), &seed);
        prop_assert_eq!(time(), time());
    }

    #[test]
    fn sources_do_not_march_in_step(schedule in schedules(), history in histories()) {
        // A calendar means its minute; everything else is spread, so that no minute gets more than its share.
        prop_assume!(!matches!(schedule, Schedule::Cron(_)));
        let history = History { last_try: Some(now()), retry_after: None, skip_hours: Vec::new(), ..history };
        let due = |n: u32| next(&schedule, Tz::UTC, &history, now(), &n.to_string());
        let mut times: Vec<Timestamp> = (0..100).map(due).collect();
        times.sort_unstable();
        let wait = (times[99] - now()).to_std().unwrap();
        let spread = (times[99] - times[0]).to_std().unwrap();
        let beat = history.ttl_minutes.filter(|_| history.update_base.is_some() && schedule == Schedule::Adaptive);
        let share = beat.map_or(wait, |minutes| wait.min(MINUTE * minutes / 10));
        prop_assert!(spread >= share / 25, "{spread:?} of {wait:?}");
        let most = times.windows(26).map(|some| some[25] - some[0]).min().unwrap().to_std().unwrap();
        // A quarter of them within a hundredth part of the wait would be a crowd; below a minute nobody counts. Who comes at a beat
        // that the feed names comes soon after it, so there it is a part of that.
        prop_assert!(most * 100 >= share / 2 || wait < 60 * MINUTE, "26 of 100 within {most:?} of {wait:?}");
    }

    #[test]
    fn a_round_that_comes_by_each_minute_asks_within_the_bounds(
        history in histories(), every in proptest::option::of(15u64..600), seed in "[a-z]{1,8}"
    ) {
        // Two days of a source that answers well each time: as often as promised, and no more.
        let schedule = every.map_or(Schedule::Adaptive, |minutes| Schedule::Every(Duration::from_secs(minutes * 60)));
        let (mut due, mut asked) = (now(), 0);
        let end = now() + TimeDelta::days(2);
        while due < end {
            asked += 1;
            let time = due;
            let history = History {
                last_try: Some(time), last_success: Some(time), failures: 0, refused: false, retry_after: None, ..history.clone()
            };
            due = next(&schedule, Tz::UTC, &history, time, &seed);
            prop_assert!(due > time, "it stands still at {time}");
        }
        let shortest = every.map_or(SHORTEST, |minutes| Duration::from_secs(minutes * 60) * 9 / 10);
        let (most, least) = (2 * LONGEST.as_secs() / shortest.as_secs() + 2, 2);
        prop_assert!((least..=most).contains(&asked), "{asked} questions in two days");
    }
}
