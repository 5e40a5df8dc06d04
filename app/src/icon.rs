//! Icons, drawn for this app in the size of its text. They are decoration: the text beside them says it.
#![expect(non_snake_case, reason = "an icon's name reads like a constant")]

use leptos::prelude::*;

fn icon(path: &'static str) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=path></path></svg>
    }
    .into_any()
}

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => { $($(#[$doc])* pub(crate) fn $name() -> AnyView { icon($path) })* };
}

icons! {
    /// An arrow into a tray.
    DOWNLOAD = "M8 2v8M4.5 7 8 10.5 11.5 7M3 13h10";
    /// Two sheets.
    COPY = "M6 6h7v7H6zM10 3H3v7";
    /// A closed lock: revenue is not shared.
    LOCK = "M4 7.5h8V13H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2";
    /// An arrow to the right.
    ARROW = "M3 8h10M9 4l4 4-4 4";
    /// A house.
    HOME = "M2.5 7.5 8 3l5.5 4.5M4 7v6h8V7";
    /// A chain link.
    LINK = "M6.5 9.5l3-3M7 5l1.5-1.5a2.5 2.5 0 0 1 3.6 3.6L10.6 8.6M9 11l-1.5 1.5a2.5 2.5 0 0 1-3.6-3.6L5.4 7.4";
    /// A shopping bag.
    BAG = "M3.5 5.5h9l.7 8H2.8zM6 7.5V4.8a2 2 0 0 1 4 0v2.7";
    /// A coin.
    COIN = "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM9.8 6.2C9.4 5.6 8.8 5.3 8 5.3c-1 0-1.8.5-1.8 1.3 0 2 3.7.8 3.7 2.8 0 .8-.8 1.4-1.9 1.4-.9 0-1.6-.4-2-1M8 4.2v7.6";
    /// A share symbol.
    SHARE = "M8 10V2M5 5l3-3 3 3M3 8v6h10V8";
    /// A small speech bubble.
    QUESTION = "M2.5 3.5h11v7.5H7l-3 2.5V11H2.5z";
}
