//! HTML escaping and the page layout.

/// Escapes text for an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A page with the notice that this is not Shopify. `title`, `head` and `body` are inserted unescaped.
pub(crate) fn page(title: &str, head: &str, body: &str) -> axum::response::Html<String> {
    axum::response::Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>{title}</title><link rel=\"icon\" href=\"data:,\">{head}<style>\
         :root{{color-scheme:light dark}}body{{font:15px/1.5 system-ui,sans-serif;margin:0}}\
         .sim{{background:#5c3b00;color:#fff;padding:4px 16px;font-size:13px}}\
         .wrap{{display:flex;min-height:calc(100vh - 30px)}}nav{{width:200px;padding:16px;border-right:1px solid #8884;flex:none}}\
         nav a{{display:block;padding:4px 0}}main{{padding:16px;flex:1;min-width:0}}iframe{{border:0;width:100%;height:calc(100vh - 40px);display:block}}\
         button,input{{font:inherit;padding:6px 10px}}table{{border-collapse:collapse}}td,th{{padding:4px 12px 4px 0;text-align:left}}\
         form{{margin:8px 0}}@media(max-width:700px){{.wrap{{display:block}}nav{{width:auto;border:0;padding:8px 16px}}nav a{{display:inline-block;margin-right:12px}}}}\
         </style></head><body><div class=\"sim\">Simulated Shopify for development. Not Shopify.</div>{body}</body></html>"
    ))
}
