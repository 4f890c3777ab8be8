//! What the owner wants of an item: keep or drop with the reason; strip, replace, tag. Pure.
//!
//! ```text
//! Item, tags ─rules in order→ Verdict; the item changed, tags added
//! ```
//!
//! A new rule is a new file here, a variant of [`Rule`], a word of `written::Kind` and an arm in each `match` below.

mod drop;
mod keep;
mod replace;
mod strip;
mod tag;
mod trace;
mod when;
mod written;

use schemars::JsonSchema;

pub use self::drop::Drop;
pub use keep::Keep;
pub use replace::{Field, Replace};
pub use strip::Strip;
pub use tag::Tag;
pub use trace::{Step, trace};
pub use when::When;
pub use written::Written;

use crate::model::{Item, SourceId};

/// One rule: a table with one key, which says what is done.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Rule {
    /// What matches is not published.
    Drop(Drop),
    /// What does not match is not published.
    Keep(Keep),
    /// A CSS selector; what it selects is taken out of summary and content.
    Strip(Strip),
    /// Exchanges text in one field.
    Replace(Replace),
    /// Gives a tag, by which feeds can choose the entry.
    Tag(Tag),
}

/// What the rules say of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It stays.
    Keep,
    /// It goes, for this reason.
    Drop(String),
}

/// Applies `rules` in order until one drops the item. `tags` are those of the entry so far; `source` is its source.
pub fn apply(rules: &[Rule], item: &mut Item, tags: &mut Vec<String>, source: &SourceId) -> Verdict {
    for rule in rules {
        let verdict = rule.apply(item, tags, source);
        if let Verdict::Drop(_) = verdict {
            return verdict;
        }
    }
    Verdict::Keep
}

impl Rule {
    fn apply(&self, item: &mut Item, tags: &mut Vec<String>, source: &SourceId) -> Verdict {
        match self {
            Rule::Drop(drop) => return drop.apply(item, source),
            Rule::Keep(keep) => return keep.apply(item, source),
            Rule::Strip(strip) => strip.apply(item),
            Rule::Replace(replace) => replace.apply(item),
            Rule::Tag(tag) => tag.apply(item, tags, source),
        }
        Verdict::Keep
    }

    /// The tag that this rule may give.
    pub fn adds_tag(&self) -> Option<&str> {
        match self {
            Rule::Tag(tag) => Some(&tag.add),
            Rule::Drop(_) | Rule::Keep(_) | Rule::Strip(_) | Rule::Replace(_) => None,
        }
    }

    /// True when this rule may give one of `tags`.
    pub fn adds_tag_of(&self, tags: &[String]) -> bool {
        self.adds_tag().is_some_and(|tag| tags.iter().any(|wanted| wanted == tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Category, Html, Person};

    fn item() -> Item {
        let html = |markup: &str| Some(Html::from_cleaner(markup.to_owned()));
        let author = Person { name: Some("মমতা রায়".to_owned()), ..Person::default() };
        Item {
            url: "https://khobor.example/%E0%A6%96%E0%A6%AC%E0%A6%B0/1".parse().ok(),
            title: Some("কলকাতায় সম\u{9df}সূচি ১০".to_owned()),
            summary: html("<p>সংক্ষেপ</p>"),
            content: html("<p>এক &amp; <b>দুই</b></p><div class=\"ad\">বিজ্ঞাপন</div><p>তিন</p>"),
            language: Some("bn".to_owned()),
            authors: vec![author],
            categories: vec![Category { term: "খেলা".to_owned(), ..Category::default() }],
            ..Item::default()
        }
    }

    fn rules(written: &str) -> Vec<Rule> {
        #[derive(serde::Deserialize)]
        struct Table {
            rules: Vec<Rule>,
        }
        toml::from_str::<Table>(&format!("rules = {written}")).unwrap().rules
    }

    fn run(written: &str) -> (Verdict, Item, Vec<String>) {
        let (mut item, mut tags) = (item(), vec!["news".to_owned()]);
        let source = SourceId::try_from("khobor".to_owned()).unwrap();
        let verdict = apply(&rules(written), &mut item, &mut tags, &source);
        (verdict, item, tags)
    }

    /// `None`: the item is kept.
    fn check_verdict(written: &str, reason: Option<&str>) {
        let expected = reason.map_or(Verdict::Keep, |reason| Verdict::Drop(reason.to_owned()));
        assert_eq!(run(written).0, expected, "{written}");
    }

    fn check_content(written: &str, expected: Option<&str>) {
        assert_eq!(run(written).1.content.as_ref().map(Html::as_str), expected, "{written}");
    }

    #[test]
    fn drop_tells_rule_and_field() {
        check_verdict("[{ drop = { title = '^কলকাতা' } }]", Some("rule `drop`: title matches `^কলকাতা`"));
        check_verdict(
            "[{ drop = { text = 'দুই', source = 'khobor' } }]",
            Some("rule `drop`: source matches `khobor` and text matches `দুই`"),
        );
        check_verdict("[{ drop = { title = 'ঢাকা' } }]", None);
        check_verdict("[{ drop = { title = 'কলকাতা', language = 'en' } }]", None);
    }

    #[test]
    fn every_part_can_be_matched() {
        for part in [
            "author = 'মমতা'",
            "category = '^খেলা$'",
            "url = '/খবর/'",
            "url = '%E0%A6%96'",
            "language = '^bn'",
            "any = 'মমতা'",
            "any = 'তিন'",
            // Form, joiners and the script of digits do not matter.
            "title = 'সম\u{9af}\u{9bc}সূচি 10'",
            // Entities are read, markup is not.
            "text = 'এক & দুই'",
        ] {
            assert!(matches!(run(&format!("[{{ drop = {{ {part} }} }}]")).0, Verdict::Drop(_)), "{part}");
        }
        check_verdict("[{ drop = { text = 'class' } }]", None);
    }

    #[test]
    fn keep_drops_what_does_not_match() {
        check_verdict("[{ keep = { category = 'খেলা' } }]", None);
        check_verdict(
            "[{ keep = { language = 'bn', title = 'ঢাকা' } }]",
            Some("rule `keep`: title does not match `ঢাকা`"),
        );
    }

    #[test]
    fn strip_takes_elements_out() {
        check_content("[{ strip = '.ad' }]", Some("<p>এক &amp; <b>দুই</b></p><p>তিন</p>"));
        check_content("[{ strip = 'p, div' }]", None);
        // Nothing found: not a byte changes.
        check_content("[{ strip = '.none' }]", item().content.as_ref().map(Html::as_str));
    }

    #[test]
    fn replace_changes_text_and_never_markup() {
        let replace = |field: &str, pattern: &str, with: &str| {
            format!("[{{ replace = {{ field = '{field}', pattern = '{pattern}', with = '{with}' }} }}]")
        };
        check_content(
            &replace("text", "এক", "<i>"),
            Some("<p>&lt;i&gt; &amp; <b>দুই</b></p><div class=\"ad\">বিজ্ঞাপন</div><p>তিন</p>"),
        );
        check_content(&replace("text", "class|ad", "x"), item().content.as_ref().map(Html::as_str));
        assert_eq!(run(&replace("title", "^কলকাতায় ", "")).1.title.as_deref(), Some("সম\u{9df}সূচি ১০"));
        assert_eq!(run(&replace("title", ".+", "")).1.title, None);
        assert_eq!(run(&replace("author", " .*", "")).1.authors[0].name.as_deref(), Some("মমতা"));
        assert_eq!(run(&replace("category", "খেলা", "")).1.categories, []);
        let url = |pattern: &str, with: &str| run(&replace("url", pattern, with)).1.url.map(String::from);
        assert_eq!(url("/1$", "/2").as_deref(), Some("https://khobor.example/%E0%A6%96%E0%A6%AC%E0%A6%B0/2"));
        assert_eq!(url("^https:", "javascript:"), item().url.map(String::from));
    }

    #[test]
    fn tags_are_given_once_and_in_order() {
        let (_, _, tags) =
            run("[{ tag = { add = 'sport', when = { category = 'খেলা' } } }, { tag = { add = 'news' } }, \
                                { tag = { add = 'x', when = { title = 'ঢাকা' } } }]");
        assert_eq!(tags, ["news", "sport"]);
        assert!(rules("[{ tag = { add = 'sport' } }]")[0].adds_tag_of(&["sport".to_owned()]));
    }

    #[test]
    fn rules_run_in_order_until_one_drops() {
        let (verdict, item, _) = run("[{ strip = '.ad' }, { drop = { text = 'বিজ্ঞাপন' } }, { strip = 'b' }]");
        assert_eq!(verdict, Verdict::Keep, "the advertisement was gone before");
        assert!(!item.content.unwrap().as_str().contains("<b>"));
    }
}
