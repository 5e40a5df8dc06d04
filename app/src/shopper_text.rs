//! What the pages say that shoppers see: a collab's page, and what stands in place of a link that does not work.

use domain::{Money, catalogue::Discount, language::Language, link::Platform};

use crate::{
    format,
    language::{Spoken, decimal, t},
};

/// A text of a shopper's page. Names and titles are texts, not HTML.
#[derive(Clone, Copy, Debug)]
pub enum ShopperText<'a> {
    /// The title of the page in place of a link that does not work.
    LinkNotFound,
    /// Why it may not work.
    LinkNotFoundWhy,
    /// What to do about it.
    LinkNotFoundNext,
    /// The title of the page in place of a link that cannot be looked up just now.
    LinkUnavailable,
    /// Why.
    LinkUnavailableWhy,
    /// The link that tries again.
    TryAgain,
    /// Over the creator's name.
    BrandWith(&'a str),
    /// Before a discount code.
    Code,
    /// After it: what it saves.
    Saving(Discount),
    /// The button to the brand's shop.
    Visit(&'a str),
    /// The button to a product or post.
    Shop,
    /// Its accessible name.
    ShopTitle(&'a str),
    /// In place of that button.
    SoldOut,
    /// Over a creator's posts.
    Posts,
    /// The link to a post.
    View(Option<Platform>),
    /// Its accessible name.
    ViewTitle(&'a str, Option<Platform>),
    /// On a page without anything, of this creator.
    NothingYet(&'a str),
    /// That the creator may earn from the brand.
    Commission(&'a str, &'a str),
    /// A price.
    Price(Money),
}

/// A text of a shopper's page, in a language.
pub fn shopper_text(language: Language, text: ShopperText<'_>) -> String {
    language.speak(|| words(text))
}

fn words(text: ShopperText<'_>) -> String {
    match text {
        ShopperText::LinkNotFound => t!("shopper-not-found"),
        ShopperText::LinkNotFoundWhy => t!("shopper-not-found-why"),
        ShopperText::LinkNotFoundNext => t!("shopper-not-found-next"),
        ShopperText::LinkUnavailable => t!("shopper-unavailable"),
        ShopperText::LinkUnavailableWhy => t!("shopper-unavailable-why"),
        ShopperText::TryAgain => t!("shopper-try-again"),
        ShopperText::BrandWith(brand) => t!("shopper-with", brand = brand),
        ShopperText::Code => t!("shopper-code"),
        ShopperText::Saving(discount) => t!("shopper-saving", saving = saving(discount)),
        ShopperText::Visit(brand) => t!("shopper-visit", brand = brand),
        ShopperText::Shop => t!("shopper-shop"),
        ShopperText::ShopTitle(title) => t!("shopper-shop-title", title = title),
        ShopperText::SoldOut => t!("shopper-sold-out"),
        ShopperText::Posts => t!("shopper-posts"),
        ShopperText::View(None) => t!("shopper-view"),
        ShopperText::View(Some(platform)) => t!("shopper-view-on", platform = platform.label()),
        ShopperText::ViewTitle(title, None) => t!("shopper-view-title", title = title),
        ShopperText::ViewTitle(title, Some(platform)) => {
            t!("shopper-view-title-on", title = title, platform = platform.label())
        }
        ShopperText::NothingYet(creator) => t!("shopper-nothing", creator = creator),
        ShopperText::Commission(creator, brand) => t!("shopper-commission", creator = creator, brand = brand),
        ShopperText::Price(money) => format::amount(money),
    }
}

/// What a discount saves: `12.5%`, `$5.00`.
fn saving(discount: Discount) -> String {
    match discount {
        Discount::Percentage { percent_bp } => {
            let percent = format!("{}.{:02}", percent_bp / 100, percent_bp % 100);
            let short = percent.trim_end_matches('0').trim_end_matches('.');
            t!("shopper-percent", number = decimal(Language::current(), short))
        }
        Discount::Fixed { amount_minor, currency } => format::amount(Money { minor: amount_minor, currency }),
    }
}

#[cfg(test)]
mod tests {
    use domain::Currency;

    use super::*;

    #[test]
    fn savings_are_short_and_in_the_readers_notation() {
        let said = |language, discount| shopper_text(language, ShopperText::Saving(discount));
        let part = |percent_bp| Discount::Percentage { percent_bp };
        assert_eq!(said(Language::English, part(1_250)), "12.5% off");
        assert_eq!(said(Language::English, part(1_000)), "10% off");
        assert_eq!(said(Language::German, part(1_250)), "12,5\u{a0}% Rabatt");
        let fixed = Discount::Fixed { amount_minor: 500, currency: Currency::USD };
        assert_eq!(said(Language::English, fixed), "$5.00 off");
    }
}
