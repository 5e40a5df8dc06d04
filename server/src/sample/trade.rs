//! The ordinary trade of the sample: people who click, people who buy, and what comes back.

use domain::time::{DAY_MS, HOUR_MS};

use super::{
    CLICKS,
    cast::{DELETED_LINK, JESSICA, LINKS, MARCO},
    crowd::CRAWLERS,
    plan::{Act, CartCode, Plan},
    sold::Change,
};

const MINUTE_MS: i64 = 60_000;

/// Orders after one click, bought immediately or within days.
const AFTER_A_CLICK: usize = 152;
/// Orders after clicks on links of several creators.
const AFTER_SEVERAL: usize = 48;
/// Orders with a click and the same creator's discount code.
const CLICK_AND_CODE: usize = 24;
/// Orders with a discount code only.
const CODE_ONLY: usize = 20;
/// Orders whose only trace is the first page's URL.
const LANDING_ONLY: usize = 10;
/// Orders whose only trace is a survey answer.
const ANSWER_ONLY: usize = 8;
/// Orders without any trace.
const UNSEEN: usize = 18;
/// How many orders this module plans.
pub(super) const ORDERS: usize =
    AFTER_A_CLICK + AFTER_SEVERAL + CLICK_AND_CODE + CODE_ONLY + LANDING_ONLY + ANSWER_ONLY + UNSEEN;
/// Hits by programs.
const CRAWLS: usize = 140;

/// Links with a discount code that works to the end.
fn links_with_code() -> Vec<usize> {
    (0..LINKS.len()).filter(|link| !LINKS[*link].code.is_empty() && *link != DELETED_LINK).collect()
}

/// What buyers who came by a link answer, by its creator.
const ANSWERS: [(usize, &str); 6] = [
    (JESSICA, "Jessica Styles"),
    (JESSICA, "jess on insta"),
    (MARCO, "@marco.bianchi"),
    (MARCO, "Marco Bianchi's video"),
    (super::cast::AIKO, "aiko wears"),
    (super::cast::PRIYA, "Priya Nair"),
];
/// Answers that name creators and nothing else leads to.
const NAMED: [&str; ANSWER_ONLY] = [
    "Jessica Styles",
    "jessica_styles",
    "Marco Bianchi",
    "marco.biancchi",
    "Lena Hoffmann",
    "sam okafor",
    "Chloe Laurent",
    "@diegoramos",
];
/// Answers that name no creator of the brand.
const UNKNOWN: [&str; 6] = [
    "a friend told me",
    "Instagram ad",
    "saw it on a podcast",
    "that girl with the linen video",
    "my sister",
    "google",
];

impl Plan {
    /// Plans the ordinary trade.
    pub(super) fn trade(&mut self) {
        self.buy_after_a_click();
        self.buy_after_several();
        self.buy_with_code();
        self.buy_with_little_trace();
        self.browse();
    }

    fn buy_after_a_click(&mut self) {
        for number in 0..AFTER_A_CLICK {
            let at = self.calendar.moment(&mut self.dice);
            // Two of three buy immediately.
            let wait = if self.dice.percent(66) {
                self.dice.ms(11 * MINUTE_MS, 80 * MINUTE_MS)
            } else {
                self.dice.ms(5 * HOUR_MS, 9 * DAY_MS)
            };
            let clicked = at.plus_ms(-wait);
            let (clicked, at) =
                if clicked < self.end.plus_ms(-89 * DAY_MS) { (at, at.plus_ms(wait)) } else { (clicked, at) };
            let link = self.link_at(clicked);
            let person = self.person(Some(link));
            self.visit(clicked, person, link);
            let order = self.buy(at, person, Some(LINKS[link].product));
            self.come_back(order, number);
            if let Some((_, text)) = ANSWERS.iter().find(|(creator, text)| {
                number % 4 == 1 && LINKS[link].creator == Some(*creator) && (text.len() + number) % 2 == 0
            }) {
                self.answer(order, text);
            } else if number % 29 == 7 {
                self.answer(order, UNKNOWN[(number / 29) % UNKNOWN.len()]);
            }
        }
    }

    /// Some orders come back, in part or as a whole, and some are edited.
    fn come_back(&mut self, order: usize, number: usize) {
        let after = 2 * DAY_MS + self.dice.ms(0, 6 * DAY_MS);
        match number % 38 {
            5 | 16 | 27 => self.change(order, after, Change::ReturnAll),
            9 | 31 => self.change(order, after, Change::ReturnOne),
            13 => self.change(order, 3 * HOUR_MS, Change::Add(2)),
            21 => self.change(order, 90 * MINUTE_MS, Change::Cancel),
            _ => {}
        }
    }

    fn buy_after_several(&mut self) {
        for _ in 0..AFTER_SEVERAL {
            let at = self.moment_within(68);
            let touches = 2 + self.dice.below(3);
            let mut person = None;
            let mut link = 0;
            let first = self.dice.ms(4 * DAY_MS, 20 * DAY_MS);
            for touch in 0..touches {
                let left = i64::try_from(touches - touch).unwrap_or(1);
                let before = (first * left / i64::try_from(touches).unwrap_or(1)).max(20 * MINUTE_MS);
                let clicked = at.plus_ms(-before + self.dice.ms(0, 9 * MINUTE_MS));
                link = self.link_at(clicked);
                let who = match person {
                    Some(person) => person,
                    None => self.person(Some(link)),
                };
                person = Some(who);
                self.visit(clicked, who, link);
            }
            if let Some(person) = person {
                self.buy(at, person, Some(LINKS[link].product));
            }
        }
    }

    fn buy_with_code(&mut self) {
        let links = links_with_code();
        for number in 0..CLICK_AND_CODE + CODE_ONLY {
            // The last of these links is 33 days old.
            let at = self.moment_within(31);
            let link = links[number % links.len()];
            let person = self.person(Some(link));
            let order = if number < CLICK_AND_CODE {
                let wait = self.dice.ms(12 * MINUTE_MS, 2 * DAY_MS);
                self.visit(at.plus_ms(-wait), person, link);
                self.buy(at, person, Some(LINKS[link].product))
            } else {
                self.buy_unseen(at, person)
            };
            self.orders[order].discount = Some(LINKS[link].code);
        }
    }

    fn buy_with_little_trace(&mut self) {
        for _ in 0..LANDING_ONLY {
            let at = self.moment_within(85);
            let link = self.link_at(at);
            let person = self.person(Some(link));
            let order = self.buy_unseen(at, person);
            self.orders[order].landing = Some(link);
        }
        for text in NAMED {
            // When all of them are known.
            let at = self.moment_within(60);
            let person = self.person(None);
            let order = self.buy_unseen(at, person);
            self.answer(order, text);
        }
        for number in 0..UNSEEN {
            let at = self.calendar.moment(&mut self.dice);
            let person = self.person(None);
            let order = self.buy_unseen(at, person);
            if number % 6 == 2 {
                self.answer(order, UNKNOWN[(number / 6 + 3) % UNKNOWN.len()]);
            }
        }
    }

    /// Clicks of people who do not buy, until there are as many as there shall be; and of programs.
    fn browse(&mut self) {
        while self.clicks < CLICKS {
            let at = self.calendar.moment(&mut self.dice);
            let link = self.link_at(at);
            let person = self.person(Some(link));
            self.visit(at, person, link);
            if self.dice.percent(9) {
                let product = LINKS[link].product;
                self.act(at.plus_ms(70_000), Act::Cart { person, product });
                if self.dice.percent(45) {
                    self.act(at.plus_ms(130_000), Act::Checkout(person));
                }
            }
            // Some come again, by the same link or another.
            if self.clicks < CLICKS && self.dice.percent(17) {
                let again = at.plus_ms(self.dice.ms(3 * MINUTE_MS, 6 * DAY_MS)).min(self.end.plus_ms(-HOUR_MS));
                let link = if self.dice.percent(55) { link } else { self.link_at(again) };
                self.visit(again, person, link);
            }
        }
        for number in 0..CRAWLS {
            let at = self.calendar.moment(&mut self.dice);
            let link = self.link_at(at);
            self.act(at, Act::Crawl { link, agent: CRAWLERS[number % CRAWLERS.len()] });
        }
    }
}

impl CartCode {
    /// The code as the cart has it. `clicked` is that of the link that the buyer clicked last.
    pub(super) fn text(self, clicked: Option<&str>) -> Option<String> {
        match self {
            Self::None => None,
            Self::Clicked => clicked.map(str::to_owned),
            Self::Unknown => Some(super::UNKNOWN_CODE.to_owned()),
        }
    }
}
