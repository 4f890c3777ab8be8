//! Inline styles: of what a source says there, the few words that carry meaning and can do no harm.
//!
//! Only whole words of a list stay, so that nothing in a value can address, compute or hide anything. Colours, sizes and
//! fonts go: they are made for one page, and in a reader they give dark text on a dark ground, or letters of a script
//! without its shapes.

/// Properties and the words that each may be.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("direction", &["ltr", "rtl"]),
    ("font-style", &["italic", "normal", "oblique"]),
    ("font-variant", &["normal", "small-caps"]),
    (
        "font-weight",
        &[
            "100", "200", "300", "400", "500", "600", "700", "800", "900", "bold", "bolder", "lighter",
            "normal",
        ],
    ),
    (
        "list-style-type",
        &[
            "arabic-indic",
            "armenian",
            "bengali",
            "circle",
            "decimal",
            "devanagari",
            "disc",
            "georgian",
            "gujarati",
            "gurmukhi",
            "hebrew",
            "kannada",
            "lower-alpha",
            "lower-greek",
            "lower-latin",
            "lower-roman",
            "malayalam",
            "none",
            "oriya",
            "persian",
            "square",
            "tamil",
            "telugu",
            "thai",
            "upper-alpha",
            "upper-latin",
            "upper-roman",
        ],
    ),
    ("text-align", &["center", "end", "justify", "left", "right", "start"]),
    ("text-align-last", &["center", "end", "justify", "left", "right", "start"]),
    ("text-decoration", &["line-through", "none", "overline", "underline"]),
    ("text-decoration-line", &["line-through", "none", "overline", "underline"]),
    ("text-transform", &["capitalize", "lowercase", "none", "uppercase"]),
    ("unicode-bidi", &["bidi-override", "embed", "isolate", "isolate-override", "normal", "plaintext"]),
    ("vertical-align", &["baseline", "bottom", "middle", "sub", "super", "text-bottom", "text-top", "top"]),
    ("white-space", &["break-spaces", "normal", "nowrap", "pre", "pre-line", "pre-wrap"]),
    ("writing-mode", &["horizontal-tb", "vertical-lr", "vertical-rl"]),
];

/// What stays of a `style` attribute, as `name: word; name: word`; `None` = nothing.
pub fn harmless(style: &str) -> Option<String> {
    let mut kept: [Option<&str>; ALLOWED.len()] = [None; ALLOWED.len()];
    let mut order = Vec::new();
    for declaration in style.split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        let value = value.strip_suffix("!important").unwrap_or(&value).trim_end();
        let Ok(at) = ALLOWED.binary_search_by(|(allowed, _)| (*allowed).cmp(&name)) else { continue };
        let Some(word) = ALLOWED[at].1.iter().find(|word| **word == value) else { continue };
        if kept[at].replace(word).is_none() {
            order.push(at);
        }
    }
    let declarations = order.iter().filter_map(|at| Some(format!("{}: {}", ALLOWED[*at].0, kept[*at]?)));
    let style = declarations.collect::<Vec<_>>().join("; ");
    (!style.is_empty()).then_some(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(style: &str, expected: Option<&str>) {
        assert_eq!(harmless(style).as_deref(), expected, "{style}");
        if let Some(once) = expected {
            assert_eq!(harmless(once).as_deref(), expected, "{style}");
        }
    }

    #[test]
    fn words_that_carry_meaning_stay() {
        check("TEXT-ALIGN: Center", Some("text-align: center"));
        check(
            "direction:rtl;color:red;text-align:right !important;",
            Some("direction: rtl; text-align: right"),
        );
        check("text-align:left;text-align:right", Some("text-align: right"));
        check("font-weight:700;font-style : italic", Some("font-weight: 700; font-style: italic"));
        check("list-style-type:bengali", Some("list-style-type: bengali"));
    }

    #[test]
    fn everything_else_goes() {
        for style in [
            "",
            "position:fixed",
            "background:url(javascript:x)",
            "width:expression(alert(1))",
            "behavior:url(x.htc)",
            "-moz-binding:url(x)",
            "color:#fff",
            "font-size:0",
            "text-align:expression(x)",
            "text-align:c\\enter",
            "text-align:/**/center",
            "display:none",
            "text-align",
            "@import 'x'",
        ] {
            check(style, None);
        }
        check("background:url('a;text-align:center;')", Some("text-align: center"));
    }

    #[test]
    fn names_are_in_order() {
        assert!(ALLOWED.is_sorted_by_key(|(name, _)| *name));
    }
}
