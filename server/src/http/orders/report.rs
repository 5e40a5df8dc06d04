//! The body of a reported order.

use domain::{
    Money,
    money::AMOUNT_MAX_MINOR,
    order::{Line, sale_name},
};
use flow::{Invalid, api::order::OrderReport};
use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::http::{
    api::field::{NotesPatch, Texts},
    body::{
        CurrencyCodeField, DateTimeField, Faults, Field, FieldKind, FlagField, IntegerField, SenderIdField,
        TrimmedTextField, UuidField,
    },
};

/// Most lines of an order.
const LINES_MAX: usize = 500;
/// Largest quantity of a line.
const QUANTITY_MAX: u32 = 1_000_000;
/// Most discount codes of an order.
const CODES_MAX: usize = 20;
/// Longest ids and names, in characters.
const TEXT_CHARS_MAX: usize = 255;

/// An order to report.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderReportRequest {
    /// Your id of the order; text or a whole number. Must not begin with `test:`.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255)]
    #[serde(default)]
    external_id: SenderIdField,
    /// The name that people use for it; `external_id` if absent.
    #[schema(value_type = Option<String>, max_length = 255, example = "#1001")]
    #[serde(default)]
    name: TrimmedTextField,
    /// When it was placed (RFC 3339); now if absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    placed_at: DateTimeField,
    /// When it was cancelled. A cancellation cannot be undone.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    cancelled_at: DateTimeField,
    /// ISO 4217 code of the amounts.
    #[schema(value_type = String, required = true, min_length = 3, max_length = 3, example = "USD")]
    #[serde(default)]
    currency: CurrencyCodeField,
    /// The total with tax and shipping, in minor units.
    #[schema(value_type = i64, required = true, minimum = 0, maximum = 1_000_000_000_000_000_i64, example = 4999)]
    #[serde(default)]
    total_minor: IntegerField,
    /// The goods after discounts, without tax and shipping, in minor units: the base of commissions;
    /// `total_minor` if absent.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    #[serde(default)]
    subtotal_minor: IntegerField,
    /// The lines, for commission rules about products. At most 500.
    #[schema(value_type = Option<Vec<OrderLineRequest>>)]
    #[serde(default)]
    line_items: Field<Lines>,
    /// Discount codes, as evidence for the links that have them. At most 20.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default)]
    discount_codes: Field<Texts>,
    /// The customer.
    #[schema(value_type = Option<OrderCustomerRequest>)]
    #[serde(default)]
    customer: Field<Customer>,
    /// The visitor id of the pixel.
    #[schema(value_type = Option<String>, format = "uuid", example = "550e8400-e29b-41d4-a716-446655440000")]
    #[serde(default)]
    pv_id: UuidField,
    /// The code of the link that led to the order.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    cs_ref: TrimmedTextField,
    /// The `click_id` that led to the order.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    click_id: TrimmedTextField,
    /// Whether it is the customer's first order.
    #[schema(value_type = Option<bool>)]
    #[serde(default)]
    is_new_customer: FlagField,
    /// Notes to set; those that are `null` are removed, others stay. At most 50. They are erased with the customer.
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>, required = false)]
    #[serde(default)]
    metadata: NotesPatch,
}

/// Schema of an order to report whose id is in the address.
pub(crate) struct OrderOfAddressRequest;

impl PartialSchema for OrderOfAddressRequest {
    fn schema() -> RefOr<Schema> {
        let mut schema = OrderReportRequest::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.properties.remove("external_id");
            object.required.retain(|name| name != "external_id");
        }
        schema
    }
}

impl ToSchema for OrderOfAddressRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        OrderReportRequest::schemas(schemas);
    }
}

/// A line of an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderLineRequest {
    /// Your id of the line; its place if absent.
    #[serde(default)]
    #[schema(max_length = 255)]
    id: Option<String>,
    /// Your id of the product.
    #[serde(default)]
    #[schema(max_length = 255)]
    product: Option<String>,
    /// How many were bought.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000)]
    quantity: Option<u32>,
    /// What is left of it after discounts, without tax, for the whole line, in minor units.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    net_minor: i64,
    /// Whether it is a gift card.
    #[serde(default)]
    #[schema(required = false)]
    is_gift_card: bool,
}

/// The customer of an order.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderCustomerRequest {
    /// Your name of the customer, as in leads.
    #[schema(value_type = Option<String>, max_length = 512)]
    #[serde(default)]
    customer_key: TrimmedTextField,
    /// The e-mail address. Only a keyed hash is kept.
    #[schema(value_type = Option<String>, max_length = 512)]
    #[serde(default)]
    email: TrimmedTextField,
}

/// Lines of an order.
struct Lines;

impl FieldKind for Lines {
    type Schema = Vec<OrderLineRequest>;
    type Value = Vec<Line>;

    fn read(json: &str) -> Result<Option<Vec<Line>>, String> {
        let lines: Vec<OrderLineRequest> = serde_json::from_str(json)
            .map_err(|_| "must be an array of {id, product, quantity, net_minor, is_gift_card}".to_owned())?;
        if lines.len() > LINES_MAX {
            return Err(format!("must have at most {LINES_MAX} lines"));
        }
        let is_text = |text: &Option<String>| {
            text.as_ref().is_none_or(|text| text.chars().count() <= TEXT_CHARS_MAX && !text.contains('\0'))
        };
        if !lines.iter().all(|line| is_text(&line.id) && is_text(&line.product)) {
            return Err(format!("must have ids of at most {TEXT_CHARS_MAX} characters"));
        }
        if !lines.iter().all(|line| (0..=AMOUNT_MAX_MINOR).contains(&line.net_minor)) {
            return Err(format!("must have net_minor of 0 to {AMOUNT_MAX_MINOR}"));
        }
        if lines.iter().any(|line| line.quantity.is_some_and(|quantity| quantity > QUANTITY_MAX)) {
            return Err(format!("must have a quantity of 0 to {QUANTITY_MAX}"));
        }
        let line = |(index, line): (usize, OrderLineRequest)| Line {
            id: line.id.unwrap_or_else(|| index.to_string()),
            product: line.product,
            quantity: line.quantity,
            net_minor: line.net_minor,
            is_gift_card: line.is_gift_card,
        };
        Ok(Some(lines.into_iter().enumerate().map(line).collect()))
    }
}

/// The customer of an order: their key and e-mail address.
struct Customer;

impl FieldKind for Customer {
    type Schema = OrderCustomerRequest;
    type Value = (Option<String>, Option<String>);

    fn read(json: &str) -> Result<Option<Self::Value>, String> {
        let customer: OrderCustomerRequest =
            serde_json::from_str(json).map_err(|_| "must be an object of customer_key and email".to_owned())?;
        let mut faults = Faults::default();
        let key = faults.take("customer_key", customer.customer_key);
        let email = faults.take("email", customer.email);
        match faults.into_list().into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Some((key, email))),
        }
    }
}

/// A required or optional amount, in minor units.
fn amount(faults: &mut Faults, name: &str, minor: Option<i64>) -> Option<i64> {
    if minor.is_some_and(|minor| !(0..=AMOUNT_MAX_MINOR).contains(&minor)) {
        faults.push(format!("{name} must be 0 to {AMOUNT_MAX_MINOR}"));
    }
    minor
}

impl OrderReportRequest {
    /// The report, or every fault of its fields.
    pub(super) fn read(self) -> Result<OrderReport, Invalid> {
        self.read_as(None)
    }

    /// As [`Self::read`], of the order with this id, which the body need not repeat.
    pub(super) fn read_as(self, path: Option<String>) -> Result<OrderReport, Invalid> {
        let mut faults = Faults::default();
        let external_id = if let Some(path) = path {
            if faults.take("external_id", self.external_id).is_some_and(|own| own != path) {
                faults.push("external_id must be the one in the address");
            }
            Some(path)
        } else {
            faults.require("external_id", self.external_id)
        };
        let currency = faults.require("currency", self.currency);
        let total = faults.require("total_minor", self.total_minor);
        let total = amount(&mut faults, "total_minor", total);
        let subtotal = faults.take("subtotal_minor", self.subtotal_minor);
        let subtotal_minor = amount(&mut faults, "subtotal_minor", subtotal);
        let promo_codes = faults.take("discount_codes", self.discount_codes).unwrap_or_default();
        if promo_codes.len() > CODES_MAX || promo_codes.iter().any(|code| code.chars().count() > TEXT_CHARS_MAX) {
            faults.push(format!("discount_codes must be at most {CODES_MAX}, of at most {TEXT_CHARS_MAX} characters"));
        }
        let (customer_key, email) = faults.take("customer", self.customer).unwrap_or_default();
        let fields = (
            faults.take("name", self.name),
            faults.take("placed_at", self.placed_at),
            faults.take("cancelled_at", self.cancelled_at),
            faults.take("line_items", self.line_items).unwrap_or_default(),
            faults.take("pv_id", self.pv_id),
            faults.take("cs_ref", self.cs_ref),
            faults.take("click_id", self.click_id),
            faults.take("is_new_customer", self.is_new_customer),
        );
        let metadata = self.metadata.change("metadata", &mut faults).flatten().unwrap_or_default();
        let (name, placed_at, cancelled_at, lines, pv_id, link_code, click_id, is_new_customer) = fields;
        if external_id.as_deref().is_some_and(|id| sale_name(id).is_empty()) {
            faults.push("external_id must be more than a number sign");
        }
        let faults = faults.into_result();
        let (Some(external_id), Some(currency), Some(minor), Ok(())) = (external_id, currency, total, &faults) else {
            return Err(faults.err().unwrap_or_else(|| Invalid::one("the order is incomplete")));
        };
        Ok(OrderReport {
            external_id,
            name,
            placed_at,
            cancelled_at,
            total: Money { minor, currency },
            subtotal_minor,
            lines,
            promo_codes,
            customer_key,
            email,
            pv_id,
            link_code,
            click_id,
            is_new_customer,
            metadata,
        })
    }
}
