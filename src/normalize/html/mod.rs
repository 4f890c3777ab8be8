//! The cleaner: any markup in, markup out that a reader may show. The only maker of [`Html`] from raw markup.
//!
//! Two stages: `tidy` makes clean markup in one linear pass; what was not of the common kind then goes through
//! ammonia, which parses it as a browser does and judges it by the same allow-list. For the common kind both give
//! the same (held by a property test), so the second stage is left out.

mod attribute;
mod element;
mod foreign;
mod graphic;
mod nest;
mod piece;
pub(super) use piece::of_text as pieces;
mod player;
pub(super) mod reference;
mod style;
mod tidy;
mod token;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use ::url::Url;
use ammonia::{Builder, UrlRelative};

use self::tidy::Tidied;
use self::token::{Token, Tokens};
use crate::model::{Html, RawHtml};

/// Cleans markup: nothing active, addresses absolute, balanced, NFC, nothing that XML cannot carry.
///
/// Relative addresses resolve against the markup's own base, else against `base`; without both they stay relative.
/// Time and memory are linear in the input. Clean markup stays as it is.
pub fn clean(raw: RawHtml, base: Option<&Url>) -> Html {
    let tidied = tidy::tidy(&raw.html, raw.base.as_deref().or(base));
    // It may be most of a large document: it need not be in memory twice.
    drop(raw);
    Html::from_cleaner(if tidied.plain { tidied.markup } else { judge(tidied) })
}

/// The same without the shortcut: for the laws that hold both equal.
pub fn clean_the_long_way(raw: &RawHtml, base: Option<&Url>) -> Html {
    Html::from_cleaner(judge(tidy::tidy(&raw.html, raw.base.as_deref().or(base))))
}

/// True when the text holds a tag that HTML knows, shown or not: then `<` means markup in it.
pub fn has_known_tag(text: &str) -> bool {
    // A tag that never ends is none: `a<b` is what it says.
    let Some(end) = text.rfind('>') else { return false };
    let mut tokens = Tokens::new(&text[..=end]);
    std::iter::from_fn(|| tokens.next()).any(|token| match token {
        Token::Start { name, .. } | Token::End(name) => element::is_known(&name.to_ascii_lowercase()),
        Token::Nothing => true,
        Token::Text(_) => false,
    })
}

/// The second stage. He looks at one piece after the other, since a tree takes many times what it was written with, and
/// finds nothing. Should he ever, the whole is what he makes of it, tidied once more so that cleaning twice is cleaning
/// once; in that case so many elements are enough for any article, and a hostile one does not fill the memory.
fn judge(mut tidied: Tidied) -> String {
    let judge = |markup: &str| judge_of_browsers().clean(markup).to_string();
    if piece::all_please(&tidied.markup, &tidied.cuts, judge) {
        return tidied.markup;
    }
    let most = ENOUGH + tidied.markup.len() / 256;
    if tidied.elements > most {
        tidied = tidy::tidy_some(&tidied.markup, None, most);
    }
    tidy::tidy(&judge(&tidied.markup), None).markup
}

/// So many elements a body may have that the judge found fault with.
const ENOUGH: usize = 10_000;

fn judge_of_browsers() -> &'static Builder<'static> {
    static JUDGE: OnceLock<Builder<'static>> = OnceLock::new();
    JUDGE.get_or_init(|| {
        let mut attributes: HashMap<&'static str, HashSet<&'static str>> = HashMap::new();
        for element in element::all() {
            attributes.insert(element.name, element.attributes().collect());
        }
        for part in graphic::all() {
            attributes.entry(part.name).or_default().extend(part.attributes());
        }
        let mut judge = Builder::empty();
        judge
            .tags(element::all().map(|it| it.name).chain(graphic::all().map(|it| it.name)).collect())
            .tag_attributes(attributes)
            .url_schemes(crate::normalize::url::SCHEMES.into_iter().chain(["data"]).collect())
            .url_relative(UrlRelative::PassThrough)
            .attribute_filter(|_, name, value| {
                let address = matches!(name, "href" | "src" | "cite" | "poster");
                let acts = address
                    && value.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:"))
                    && !crate::normalize::url::is_inline_picture(value);
                (!acts).then_some(value.into())
            })
            .link_rel(None);
        judge
    })
}

#[cfg(test)]
mod mutation_tests;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(html: &str) -> String {
        let raw = RawHtml { html: html.to_owned(), base: None };
        let base = Url::parse("https://n.example/a/").ok();
        clean(raw, base.as_ref()).as_str().to_owned()
    }

    fn check(html: &str, expected: &str) {
        assert_eq!(cleaned(html), expected, "{html}");
    }

    #[test]
    fn what_readers_show_stays() {
        for same in [
            "<figure><img src=\"https://n.example/x.jpg\" alt=\"ক\"><figcaption>খ</figcaption></figure>",
            "<table><caption>c</caption><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td colspan=\"2\">b</td></tr></tbody></table>",
            "<picture><source srcset=\"https://n.example/x.webp 2x\" type=\"image/webp\"><img src=\"https://n.example/x.jpg\"></picture>",
            "<video src=\"https://n.example/v\" poster=\"https://n.example/p\" controls=\"\"><track src=\"https://n.example/t\"></video>",
            "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
            "<details open=\"\"><summary>s</summary>t</details>",
            "<p dir=\"rtl\" lang=\"ur\"><time datetime=\"2026\">x</time><abbr title=\"y\">z</abbr><sub>1</sub></p>",
        ] {
            check(same, same);
        }
    }

    #[test]
    fn what_acts_is_gone_and_its_text_stays_where_it_is_text() {
        check("safe<script>x</script> text", "safe text");
        check("safe<object data=x> <b>text</b></object>", "safe <b>text</b>");
        check("<img src=a onerror=x>", "<img src=\"https://n.example/a/a\">");
        // As in a browser: all of it is one attribute of a link in a picture that shows nothing.
        check("<svg><a title=\"</svg><img src onerror=x>\">", "");
        check(
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--><img src=1 onerror=x>\">",
            "<table></table>",
        );
        check("<form><p>a</form>", "<p>a</p>");
        check("<noscript><img src=b></noscript>", "<img src=\"https://n.example/a/b\">");
    }

    #[test]
    fn a_noscript_behind_a_mended_picture_only_repeats_it() {
        check(
            "<img data-src=b class=lazy><noscript><img src=b></noscript>c",
            "<img class=\"lazy\" src=\"https://n.example/a/b\">c",
        );
    }

    #[test]
    fn of_many_elements_all_are_judged_and_kept() {
        let html = format!("<blink>{}</blink>", "<i>a</i>".repeat(80_000));
        let clean = cleaned(&html);
        assert_eq!(clean.matches("<i>a</i>").count(), 80_000);
        assert_eq!(cleaned(&clean), clean);
    }

    #[test]
    fn of_too_many_elements_that_do_not_please_the_text_is_kept() {
        let markup = "<i>a</i>".repeat(ENOUGH * 2);
        let wrong = Tidied {
            elements: ENOUGH * 2,
            markup: format!("<script>b</script>{markup}"),
            ..Tidied::default()
        };
        let (judged, length) = (judge(wrong), markup.len());
        assert!(judged.matches("<i>").count() <= ENOUGH + length / 256 + 1);
        assert_eq!((judged.matches('a').count(), judged.contains('b')), (ENOUGH * 2, false));
    }

    /// What is cut for the judge is what he would say of the whole.
    #[test]
    fn large_bodies_are_judged_piece_by_piece() {
        for piece in [
            "<p>a &amp; <b>b</b></p>\n",
            "<blink>x</blink><ul><li>a<li>b</ul>",
            "<table><tr><td>a<td>b</table>",
            "<div><blockquote>a long text between the tags of a quotation ",
            "<pre>\n\na\n</pre>",
            "<ruby>a<rt>b</ruby><svg><path d='M0 0'/></svg>",
            "x&nbsp;\u{301}\u{2003}ক ",
        ] {
            let tidied = tidy::tidy(&piece.repeat(300_000 / piece.len()), None);
            assert!(tidied.cuts.len() > 1, "{piece}");
            assert!(piece::all_please(&tidied.markup, &tidied.cuts, |piece| {
                judge_of_browsers().clean(piece).to_string()
            }));
            assert_eq!(judge_of_browsers().clean(&tidied.markup).to_string(), tidied.markup, "{piece}");
        }
    }

    #[test]
    fn hostile_markup_takes_linear_time() {
        for piece in [
            "<b>",
            "<p><b>",
            "<table>x<b>y</b>",
            "<a href=x><p>",
            "<iframe>",
            "<svg>",
            "<li><ul>",
            "</p>",
            "<b><p></b>",
            "<table><tr><td>",
            "&am",
            "<noscript><img data-src=x>",
            "<ruby><rt>",
            "<font size=1><p>x</font>",
        ] {
            let html = piece.repeat(30_000);
            assert!(cleaned(&html).len() <= html.len() * 8 + 1000, "{piece}");
        }
    }

    /// Markup of pieces that stumble over each other, rather than letters that never do.
    fn markup() -> impl Strategy<Value = String> {
        let names = element::all().map(|it| it.name).chain(graphic::all().map(|it| it.name)).chain([
            "svg",
            "math",
            "mi",
            "text",
            "foreignObject",
            "annotation-xml",
            "annotation",
            "mglyph",
            "malignmark",
            "use",
            "animate",
            "script",
            "style",
            "iframe",
            "svg",
            "math",
            "mi",
            "noscript",
            "form",
            "select",
            "option",
            "template",
            "title",
            "textarea",
            "object",
            "body",
            "html",
            "xmp",
            "plaintext",
            "blink",
            "unknown",
            "button",
            "frameset",
            "image",
        ]);
        let name = proptest::sample::select(names.collect::<Vec<_>>());
        let attribute = proptest::sample::select(vec![
            "<table></table>",
            " href=x",
            " src='data:text/html,x'",
            " src=y",
            " onload=x",
            " class=\"a>b\"",
            " dir=rtl",
            " id=a",
            " /",
            " srcset=\"a 1x, b\"",
            " data-src=z",
            " width=1 height=1",
            " href=\"java&#10;script:x\"",
            " title='<p>&lt;'",
            " style='text-align:center;position:fixed'",
            " fill='url(#a)' d='M0 0'",
            " xlink:href=x",
            " xmlns=x",
            " viewbox='0 0 1 1' display=block",
            " encoding=text/html",
        ]);
        let text = proptest::sample::select(vec![
            "a",
            " ",
            "\n",
            "ক",
            "\u{9df}",
            "\u{338}",
            "\u{301}",
            "&amp;",
            "&lt;b>",
            "&notit;",
            "<",
            ">",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "\u{b}",
            "\r\n",
            "&nbsp;",
            "\u{200d}",
            "<?x",
            "<!",
            "\"",
            "'",
        ]);
        let piece = prop_oneof![
            3 => (name.clone(), attribute).prop_map(|(n, a)| format!("<{n}{a}>")),
            2 => name.prop_map(|n| format!("</{n}>")),
            2 => text.prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_judge_finds_nothing_in_tidied_markup(html in markup()) {
            let tidied = tidy::tidy(&html, None).markup;
            prop_assert_eq!(judge_of_browsers().clean(&tidied).to_string(), tidied, "{}", html);
        }

        #[test]
        fn cleaning_twice_is_cleaning_once(html in markup()) {
            let once = cleaned(&html);
            prop_assert_eq!(cleaned(&once), once.clone(), "{}", html);
        }

        #[test]
        fn any_text_is_cleaned_without_a_panic(html in "\\PC{0,60}") {
            let once = cleaned(&html);
            prop_assert_eq!(cleaned(&once), once.clone());
        }
    }
}
