//! The orders that need an explanation: one for each reason why evidence does not count, and what a person has to look
//! at.

use domain::time::{DAY_MS, HOUR_MS};

use super::{
    cast::{AIKO, DELETED_LINK, DIEGO, HANNAH, LENA, LINKS, MARCO, SAM, TOM},
    plan::{Act, CartCode, Plan},
    sold::Change,
};

const MINUTE_MS: i64 = 60_000;

/// How many orders this module plans.
pub(super) const ORDERS: usize = 20;

/// A link of a creator.
fn link_of(creator: usize) -> usize {
    LINKS.iter().position(|link| link.creator == Some(creator)).unwrap_or(0)
}

impl Plan {
    /// Plans the exceptions.
    pub(super) fn exceptions(&mut self) {
        self.visitors_without_links();
        self.clicks_that_do_not_count();
        self.codes_that_do_not_count();
        self.creators_who_buy();
        self.reports_by_number();
        self.decided_by_people();
    }

    /// Visitors who came without a link.
    fn visitors_without_links(&mut self) {
        for (days, hour) in [(58, 20), (21, 12)] {
            let at = self.calendar.at(days, hour, 17);
            let person = self.person(None);
            self.act(at.plus_ms(-12 * MINUTE_MS), Act::View { person, product: 0 });
            self.buy(at, person, None);
        }
    }

    fn clicks_that_do_not_count(&mut self) {
        // Older than the window of 30 days.
        let at = self.calendar.at(19, 18, 40);
        let person = self.person(Some(link_of(MARCO)));
        self.visit(at.plus_ms(-38 * DAY_MS), person, link_of(MARCO));
        let order = self.buy(at, person, None);
        self.orders[order].cart_code = CartCode::None;
        // After the order, within the hour; a shipment has it settled again.
        let at = self.calendar.at(16, 10, 5);
        let person = self.person(Some(link_of(SAM)));
        self.act(at.plus_ms(-10 * MINUTE_MS), Act::View { person, product: 3 });
        let order = self.buy(at, person, None);
        self.visit(at.plus_ms(25 * MINUTE_MS), person, link_of(SAM));
        self.change(order, 2 * HOUR_MS, Change::Touch);
        // By the browser on its own, not by its owner.
        let at = self.calendar.at(14, 21, 30);
        let person = self.person(Some(link_of(LENA)));
        self.act(at.plus_ms(-20 * MINUTE_MS), Act::View { person, product: 1 });
        self.act(at.plus_ms(-19 * MINUTE_MS), Act::Prefetch { person, link: link_of(LENA) });
        let order = self.buy(at, person, None);
        self.orders[order].cart_code = CartCode::None;
    }

    fn codes_that_do_not_count(&mut self) {
        // A code that no link has.
        let at = self.calendar.at(11, 9, 12);
        let person = self.person(None);
        let order = self.buy_unseen(at, person);
        self.orders[order].cart_code = CartCode::Unknown;
        // A discount code whose link was deleted.
        let at = self.calendar.at(30, 15, 45);
        let person = self.person(None);
        let order = self.buy_unseen(at, person);
        self.orders[order].discount = Some(LINKS[DELETED_LINK].code);
        // A code of one creator after a click on another's link: the brand's policy decides.
        let at = self.calendar.at(9, 19, 3);
        let person = self.person(Some(link_of(MARCO)));
        self.visit(at.plus_ms(-3 * HOUR_MS), person, link_of(MARCO));
        let order = self.buy(at, person, Some(0));
        self.orders[order].discount = Some(LINKS[link_of(AIKO)].code);
    }

    fn creators_who_buy(&mut self) {
        // With the address that the brand knows, and again with another one.
        let (at, link) = (self.calendar.at(26, 13, 20), link_of(TOM));
        let person = self.person(Some(link));
        self.people[person].email = super::cast::CREATORS[TOM].email();
        self.visit(at.plus_ms(-30 * MINUTE_MS), person, link_of(TOM) + 1);
        self.buy(at, person, Some(4));
        let again = self.person(Some(link));
        self.people[again].customer = self.people[person].customer;
        let at = self.calendar.at(24, 20, 55);
        self.visit(at.plus_ms(-25 * MINUTE_MS), again, link_of(TOM) + 1);
        self.buy(at, again, Some(2));
        // With the address to which commissions are paid.
        let (at, link) = (self.calendar.at(23, 12, 15), link_of(DIEGO));
        self.act(
            self.calendar.at(60, 10, 0),
            Act::PayoutAddress { creator: DIEGO, address: "diego.paid@creators.example" },
        );
        let person = self.person(Some(link));
        "diego.paid@creators.example".clone_into(&mut self.people[person].email);
        self.visit(at.plus_ms(-14 * MINUTE_MS), person, link);
        self.buy(at, person, Some(5));
        // With the browser that signed in as the creator.
        let (at, link) = (self.calendar.at(13, 22, 10), link_of(HANNAH));
        let person = self.person(Some(link));
        self.visit(at.plus_ms(-50 * MINUTE_MS), person, link);
        self.act(at.plus_ms(-40 * MINUTE_MS), Act::SignIn { creator: HANNAH, person });
        self.buy(at, person, Some(2));
    }

    /// Orders whose cart names no visitor: browsers report the purchase by its number.
    fn reports_by_number(&mut self) {
        // Two browsers report the same order.
        let at = self.calendar.at(7, 17, 25);
        let order = self.reported(at, link_of(LENA));
        let other = self.person(Some(link_of(SAM)));
        self.visit(at.plus_ms(-90 * MINUTE_MS), other, link_of(SAM));
        self.act(at.plus_ms(4 * MINUTE_MS), Act::Report { person: other, order });
        // One does: what it earns waits for a person.
        self.reported(self.calendar.at(5, 11, 50), link_of(AIKO));
        // One does, but a discount code proves another creator.
        let order = self.reported(self.calendar.at(4, 16, 35), link_of(LENA));
        self.orders[order].discount = Some(LINKS[link_of(MARCO)].code);
    }

    fn reported(&mut self, at: domain::UnixMs, link: usize) -> usize {
        let person = self.person(Some(link));
        self.visit(at.plus_ms(-35 * MINUTE_MS), person, link);
        let order = self.buy_unseen(at, person);
        self.act(at.plus_ms(90_000), Act::Report { person, order });
        order
    }

    fn decided_by_people(&mut self) {
        // The merchant tries the checkout.
        let at = self.calendar.at(87, 9, 30);
        let person = self.person(Some(0));
        self.visit(at.plus_ms(-15 * MINUTE_MS), person, 0);
        let order = self.buy(at, person, Some(0));
        self.orders[order].is_test = true;
        // One of two is removed before it is paid for.
        let at = self.calendar.at(34, 14, 0);
        let person = self.person(Some(link_of(SAM)));
        self.visit(at.plus_ms(-45 * MINUTE_MS), person, link_of(SAM));
        let order = self.buy(at, person, Some(3));
        self.orders[order].lines = vec![(3, 2), (2, 1)];
        self.change(order, 2 * HOUR_MS, Change::RemoveOne);
        // Credit by hand, where nothing was found.
        for (days, creator, reason) in
            [(40, MARCO, "Ordered by phone after his event in Milan"), (18, LENA, "Customer wrote that Lena sent her")]
        {
            let at = self.calendar.at(days, 11, 11);
            let person = self.person(None);
            let order = self.buy_unseen(at, person);
            self.act(at.plus_ms(26 * HOUR_MS), Act::Assign { order, creator, reason });
        }
        // An answer that is not quite a name.
        let at = self.calendar.at(3, 20, 20);
        let person = self.person(None);
        let order = self.buy_unseen(at, person);
        self.answer(order, "someone called Marcus");
        // Money matters.
        self.act(self.calendar.at(31, 10, 0), Act::Payout);
        self.act(self.calendar.at(29, 10, 30), Act::Pay);
        self.act(
            self.calendar.at(10, 9, 0),
            Act::Adjust { creator: MARCO, amount: "25.00", reason: "Bonus for the gift guide video" },
        );
        self.act(self.calendar.at(1, 10, 0), Act::Payout);
    }
}
