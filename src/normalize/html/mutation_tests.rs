//! Ways of mutation XSS that have broken cleaners: what they leave is parsed as a browser does, twice, and must hold nothing.

use ::url::Url;
use dom_query::Document;

use super::clean;
use crate::model::RawHtml;

/// Markup that has got past cleaners of others, in the forms in which it was told, and relatives of it.
const VECTORS: &[&str] = &[
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<svg><p><style><a id=\"</style><img src=1 onerror=alert(1)>\"></p></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mtext><table><mglyph><style><math><table id=\"</style><img src onerror=alert(1)>\">",
    "<math><mi><style><img title=\"</style><img src onerror=alert(1)>\"></mi></math>",
    "<math><mtext><option><FAKEFAKE><option></option><mglyph><svg><mtext><textarea><a title=\"</textarea><img src='#' onerror='alert(1)'>\">",
    "<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title=\"</style><img src='#' onerror='alert(1)'>\"></style></h1>",
    "<svg><title><style><a title=\"</style><img src onerror=alert(1)>\"></title></svg>",
    "<svg><desc><b><style>x</b><img src onerror=alert(1)></style></desc></svg>",
    "<svg><foreignObject><p><svg><style><a title=\"</style><img src onerror=alert(1)>\"></foreignObject></svg>",
    "<math><annotation-xml encoding=\"text/html\"><style><a title=\"</style><img src onerror=alert(1)>\"></annotation-xml></math>",
    "<math><annotation-xml encoding='image/svg+xml'><xmp><!--</xmp><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg><iframe><a title=\"</iframe><img src onerror=alert(1)>\">test</svg>",
    "<svg><noscript><p title=\"</noscript><img src onerror=alert(1)>\"></svg>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<svg><xmp><p title=\"</xmp><img src onerror=alert(1)>\"></svg>",
    "<svg><textarea><p title=\"</textarea><img src onerror=alert(1)>\"></svg>",
    "<svg><plaintext><img src onerror=alert(1)></svg>",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "<svg><text><![CDATA[</text><script>alert(1)</script>]]></text></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><a href=\"java&#10;script:alert(1)\"><rect width=1 height=1 /></a></svg>",
    "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>",
    "<svg><a><set attributeName=href to=javascript:alert(1) /><text>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><a href='javascript:1'>\"/></svg>",
    "<svg><image href=x onerror=alert(1) /><image xlink:href='javascript:1'/></svg>",
    "<svg onload=alert(1)><g onclick=alert(1)/></svg>",
    "<svg/onload=alert(1)//</svg>",
    "<svg><rect fill=\"url(javascript:alert(1))\" filter=\"url(//x/y#z)\" style=\"fill:url(//x)\"/></svg>",
    "<svg><handler ev:event=load>alert(1)</handler><g/></svg>",
    "<svg xmlns:x=\"http://www.w3.org/1999/xhtml\"><x:script>alert(1)</x:script><g/></svg>",
    "<svg><p id=\"</svg><img src onerror=alert(1)>\">",
    "<svg><g><path></svg><svg><style></svg><img src=\"</style><img src onerror=alert(1)>\">",
    "<math href=\"javascript:alert(1)\"><mi>x</mi></math>",
    "<math><mrow xlink:href=\"javascript:alert(1)\" xlink:show=replace><mi>x</mi></mrow></math>",
    "<math><maction actiontype=\"statusline#http://x\" xlink:href=\"javascript:alert(1)\">x</maction></math>",
    "<math><mi>&lt;img src onerror=alert(1)&gt;</mi></math>",
    "<math><mtext>&lt;/mtext&gt;&lt;script&gt;alert(1)&lt;/script&gt;</mtext></math>",
    "<math><mi><table><tr><td><math><mi><style></mi></math><img src=\"</style><img src onerror=alert(1)>\">",
    "<table><math><mi><tr><svg><title></table><script>alert(1)</script></svg></math>",
    "<select><svg><option><math></select><style></math><img src onerror=alert(1)></style>",
    "<p style=\"background:url(javascript:alert(1));text-align:center\">x</p>",
    "<p style=\"text-align:center\\\";x:expression(alert(1))\">x</p>",
    "<p style='font-weight:bold;-moz-binding:url(//x)'>x</p>",
    "<template><svg><script>alert(1)</script></svg></template>",
    "<svg><template><img src onerror=alert(1)></template></svg>",
    "<a href=\"x\"><svg><a href=\"y\"><text>z</a></svg></a><img src onerror=alert(1)>",
    "<svg><![CDATA[<svg><title>]]></title><img src onerror=alert(1)></svg>",
    "<svg><!--<title>--></title><img src onerror=alert(1)></svg>",
    "<b><svg></b><p><style></svg><!--</style><img src onerror=alert(1)>-->",
];

/// What acts in a parsed document.
fn active(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for node in document.select("*").nodes() {
        let name = node.node_name().unwrap_or_default().to_ascii_lowercase();
        let bad = [
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "use",
            "animate",
            "set",
            "foreignobject",
            "handler",
            "template",
            "annotation-xml",
            "image",
            "textarea",
            "xmp",
            "noscript",
            "plaintext",
            "form",
            "input",
        ];
        if bad.contains(&name.as_str()) {
            found.push(name.to_string());
        }
        for attribute in node.attrs() {
            let name = attribute.name.local.to_string().to_ascii_lowercase();
            let value: String =
                attribute.value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            let value = value.to_ascii_lowercase();
            let acts =
                ["javascript:", "vbscript:", "expression", "-moz-binding", "data:text", "data:image/svg"];
            let address =
                matches!(name.as_str(), "href" | "src" | "style" | "fill" | "filter" | "values" | "to");
            if name.starts_with("on") || address && acts.iter().any(|it| value.contains(it)) {
                found.push(format!("{name}={value}"));
            }
        }
    }
    found
}

#[test]
fn nothing_that_acts_comes_back_when_it_is_parsed_again() {
    let base = Url::parse("https://n.example/").ok();
    for vector in VECTORS {
        for html in [
            (*vector).to_owned(),
            format!("<div>{vector}</div>"),
            format!("<table><td>{vector}</table>"),
            format!("{vector}<p>end</p></svg></math>"),
        ] {
            let raw = RawHtml { html: html.clone(), base: None };
            let clean = clean(raw, base.as_ref());
            let mut markup = clean.as_str().to_owned();
            for round in 0..3 {
                // As a fragment in a page, which is how readers show it.
                let document =
                    Document::from(format!("<!DOCTYPE html><body><div id=\"here\">{markup}</div>"));
                let found = active(&document);
                assert!(found.is_empty(), "{html}\n→ {markup}\nround {round}: {found:?}");
                markup = document.select("#here").inner_html().to_string();
                assert_eq!(markup, clean.as_str(), "{html}: parsing changes what was cleaned");
            }
        }
    }
}
