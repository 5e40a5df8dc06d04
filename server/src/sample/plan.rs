//! The story of the sample: what happens when. It is planned as a whole, then played in the order of time.

use domain::{
    UnixMs,
    time::{DAY_MS, HOUR_MS},
};

use super::{
    calendar::Calendar,
    cast::{CREATORS, DELETED_LINK, DELETED_LINK_UNTIL, LINKS, PRODUCTS},
    crowd::Person,
    dice::Dice,
    sold::Change,
};

const MINUTE_MS: i64 = 60_000;
/// Days between what the brand sets up and its first use.
pub(super) const SET_UP_DAYS: i64 = 3;
/// How often a moment is drawn again.
const DRAWS_MAX: usize = 64;

/// Something that happens. Numbers are positions in the lists of the cast or of the plan.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// The brand adds a creator.
    Creator(usize),
    /// The brand begins a campaign.
    Campaign(usize),
    /// The brand creates a link.
    Link(usize),
    /// The brand deletes a link.
    DeleteLink(usize),
    /// The brand says what commissions are.
    Rules,
    /// A creator gets a payout address.
    PayoutAddress { creator: usize, address: &'static str },
    /// A creator signs in with the browser of this person.
    SignIn { creator: usize, person: usize },
    /// A person clicks a link.
    Click { person: usize, link: usize },
    /// A person's browser prefetches a link.
    Prefetch { person: usize, link: usize },
    /// A program follows a link.
    Crawl { link: usize, agent: &'static str },
    /// A person opens a product.
    View { person: usize, product: usize },
    /// A person puts a product into the cart.
    Cart { person: usize, product: usize },
    /// A person begins the checkout.
    Checkout(usize),
    /// A browser reports the purchase of an order by its number.
    Report { person: usize, order: usize },
    /// The shop reports a new order.
    Order(usize),
    /// The shop reports a changed order.
    Change(usize, Change),
    /// The buyer answers how they heard of the shop.
    Answer { order: usize, text: &'static str },
    /// A person at the brand assigns an order's credit.
    Assign { order: usize, creator: usize, reason: &'static str },
    /// A person at the brand corrects a creator's balance.
    Adjust { creator: usize, amount: &'static str, reason: &'static str },
    /// The brand collects what is payable.
    Payout,
    /// The brand marks the latest payout as paid.
    Pay,
}

/// The code that a cart carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CartCode {
    /// None.
    #[default]
    None,
    /// That of the link that the buyer clicked last.
    Clicked,
    /// One that the brand never gave out.
    Unknown,
}

/// An order to be placed.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) at: UnixMs,
    /// Who buys.
    pub(super) person: usize,
    /// Products and quantities.
    pub(super) lines: Vec<(usize, i64)>,
    /// Whether the cart names the visitor.
    pub(super) has_visitor: bool,
    pub(super) cart_code: CartCode,
    /// The link in the first page's URL.
    pub(super) landing: Option<usize>,
    pub(super) discount: Option<&'static str>,
    pub(super) is_test: bool,
}

/// The story while it is written.
pub(super) struct Plan {
    pub(super) dice: Dice,
    pub(super) calendar: Calendar,
    pub(super) end: UnixMs,
    /// Acts with their times.
    pub(super) acts: Vec<(UnixMs, Act)>,
    pub(super) people: Vec<Person>,
    pub(super) orders: Vec<Planned>,
    /// Clicks by people so far.
    pub(super) clicks: usize,
}

impl Plan {
    pub(super) fn new(calendar: Calendar, end: UnixMs) -> Self {
        let (acts, people, orders) = (Vec::new(), Vec::new(), Vec::new());
        Self { dice: Dice::of("plan", 0), calendar, end, acts, people, orders, clicks: 0 }
    }

    pub(super) fn act(&mut self, at: UnixMs, act: Act) {
        self.acts.push((at, act));
    }

    /// A new person, who comes from a link's platform, or from nowhere.
    pub(super) fn person(&mut self, link: Option<usize>) -> usize {
        let platform = link.map_or("", |link| LINKS[link].platform);
        self.people.push(Person::new(self.people.len() + 1, platform));
        self.people.len() - 1
    }

    /// A moment of the last `days`.
    pub(super) fn moment_within(&mut self, days: i64) -> UnixMs {
        let since = self.end.plus_ms(-days * DAY_MS);
        let mut drawn = (0..DRAWS_MAX).map(|_| self.calendar.moment(&mut self.dice));
        drawn.find(|at| *at > since).unwrap_or(self.end.plus_ms(-DAY_MS))
    }

    /// A link that works at a time, as often as it is clicked.
    pub(super) fn link_at(&mut self, at: UnixMs) -> usize {
        let days_ago = (self.end.0 - at.0).div_euclid(DAY_MS);
        let works = |index: usize| {
            LINKS[index].since >= days_ago && !(index == DELETED_LINK && days_ago <= DELETED_LINK_UNTIL + 1)
        };
        let weights: Vec<usize> =
            LINKS.iter().enumerate().map(|(index, link)| if works(index) { link.weight } else { 0 }).collect();
        self.dice.weighted(&weights)
    }

    /// A click by which a person comes to the shop, and perhaps a look around.
    pub(super) fn visit(&mut self, at: UnixMs, person: usize, link: usize) {
        self.act(at, Act::Click { person, link });
        self.clicks += 1;
        // The others have no script, or leave immediately.
        if self.dice.percent(72) {
            let product = LINKS[link].product;
            let view = at.plus_ms(self.dice.ms(900, 4_000));
            self.act(view, Act::View { person, product });
            if self.dice.percent(35) {
                let other = self.product();
                let later = view.plus_ms(self.dice.ms(20_000, 200_000));
                self.act(later, Act::View { person, product: other });
            }
        }
    }

    /// A product, as often as it is bought.
    pub(super) fn product(&mut self) -> usize {
        self.dice.weighted(&PRODUCTS.map(|product| product.weight))
    }

    /// What is in the cart of the order with this number.
    pub(super) fn lines(number: usize, wanted: Option<usize>) -> Vec<(usize, i64)> {
        let mut dice = Dice::of("lines", number);
        let first =
            wanted.filter(|_| dice.percent(75)).unwrap_or_else(|| dice.weighted(&PRODUCTS.map(|one| one.weight)));
        let mut lines = vec![(first, 1 + i64::from(dice.percent(14)))];
        if dice.percent(38) {
            let second = dice.weighted(&PRODUCTS.map(|one| one.weight));
            if second != first {
                lines.push((second, 1));
            }
        }
        lines
    }

    /// An order of a person who wants a product, with the steps before it. Returns its position.
    pub(super) fn buy(&mut self, at: UnixMs, person: usize, wanted: Option<usize>) -> usize {
        let number = self.orders.len();
        let lines = Self::lines(number, wanted);
        let product = lines.first().map_or(0, |(product, _)| *product);
        let (cart, checkout) = (self.dice.ms(4 * MINUTE_MS, 9 * MINUTE_MS), self.dice.ms(MINUTE_MS, 3 * MINUTE_MS));
        self.act(at.plus_ms(-cart), Act::Cart { person, product });
        self.act(at.plus_ms(-checkout), Act::Checkout(person));
        self.place(Planned {
            at,
            person,
            lines,
            has_visitor: true,
            cart_code: CartCode::Clicked,
            landing: None,
            discount: None,
            is_test: false,
        })
    }

    /// An order without a trace of a visitor.
    pub(super) fn buy_unseen(&mut self, at: UnixMs, person: usize) -> usize {
        let lines = Self::lines(self.orders.len(), None);
        self.place(Planned {
            at,
            person,
            lines,
            has_visitor: false,
            cart_code: CartCode::None,
            landing: None,
            discount: None,
            is_test: false,
        })
    }

    fn place(&mut self, order: Planned) -> usize {
        self.act(order.at, Act::Order(self.orders.len()));
        self.orders.push(order);
        self.orders.len() - 1
    }

    /// A change of an order so long after it, if the story has not ended by then.
    pub(super) fn change(&mut self, order: usize, after_ms: i64, change: Change) {
        let at = self.orders[order].at.plus_ms(after_ms).min(self.end.plus_ms(-HOUR_MS));
        self.act(at, Act::Change(order, change));
    }

    /// The buyer's answer, on the page after the checkout.
    pub(super) fn answer(&mut self, order: usize, text: &'static str) {
        let at = self.orders[order].at.plus_ms(40_000);
        self.act(at, Act::Answer { order, text });
    }

    /// What the brand sets up before the first click: creators, campaigns, links and rules.
    pub(super) fn set_up(&mut self, campaigns: &[(&'static str, i64)]) {
        // Days before the first visit, so that no act needs what is not there yet.
        let begins = |since: i64, step: usize| {
            self.calendar.at(since + SET_UP_DAYS, 8, 0).plus_ms(i64::try_from(step).unwrap_or(0) * 41_000)
        };
        let mut acts: Vec<(UnixMs, Act)> = Vec::new();
        acts.push((begins(91, 0), Act::Rules));
        acts.extend(
            CREATORS.iter().enumerate().map(|(index, one)| (begins(one.since, index + 1), Act::Creator(index))),
        );
        acts.extend(
            campaigns.iter().enumerate().map(|(index, (_, since))| (begins(*since, index + 20), Act::Campaign(index))),
        );
        acts.extend(LINKS.iter().enumerate().map(|(index, one)| (begins(one.since, index + 40), Act::Link(index))));
        acts.push((self.calendar.at(DELETED_LINK_UNTIL, 9, 30), Act::DeleteLink(DELETED_LINK)));
        self.acts.extend(acts);
    }

    /// The acts in the order of time; those of one instant as they were planned.
    pub(super) fn into_acts(mut self) -> (Vec<(UnixMs, Act)>, Vec<Person>, Vec<Planned>) {
        self.acts.sort_by_key(|(at, _)| *at);
        (self.acts, self.people, self.orders)
    }
}
