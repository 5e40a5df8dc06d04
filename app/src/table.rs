//! The table of all pages: sorted, searched, paged and downloaded as CSV by links, and cards on phones.

use axum::response::{IntoResponse, Response};
use domain::{Currency, Money};
use flow::{overview::Figures, spreadsheet::text_cell};
use http::{HeaderValue, header};
use leptos::prelude::*;

use crate::{
    address::Address,
    error::PageError,
    format, icon,
    language::{rich, t},
};

/// Rows on a page.
const ROWS_A_PAGE: usize = 25;

/// What a column holds: decides alignment, and where it stands on phones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    /// An amount: stands first in a card.
    Money,
    /// Buttons: not in the CSV file, not sorted.
    Actions,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    key: &'static str,
    label: String,
    kind: Kind,
}

impl Column {
    /// A column of texts. `key` names it in the address.
    pub(crate) fn text(key: &'static str, label: impl Into<String>) -> Self {
        Self { key, label: label.into(), kind: Kind::Text }
    }

    /// A column of numbers.
    pub(crate) fn number(key: &'static str, label: impl Into<String>) -> Self {
        Self { key, label: label.into(), kind: Kind::Number }
    }

    /// A column of amounts.
    pub(crate) fn money(key: &'static str, label: impl Into<String>) -> Self {
        Self { key, label: label.into(), kind: Kind::Money }
    }

    /// A column of buttons; its label is read by screen readers only.
    pub(crate) fn actions(label: impl Into<String>) -> Self {
        Self { key: "", label: label.into(), kind: Kind::Actions }
    }
}

/// By what a cell is sorted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    Number(i128),
    Text(String),
}

/// A cell: what it shows, what its CSV file holds, and by what it is sorted.
pub(crate) struct Cell {
    text: String,
    note: String,
    href: Option<String>,
    view: Option<AnyView>,
    sort: SortKey,
    /// For the file: spreadsheets add up plain numbers.
    amount: Option<Money>,
}

impl Cell {
    /// A text. An empty one is shown as "–".
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        let sort = SortKey::Text(text.to_lowercase());
        Self { text, note: String::new(), href: None, view: None, sort, amount: None }
    }

    /// An amount, sorted by its minor units. In the file it is a plain number, with its currency in a column of its own.
    pub(crate) fn amount(amount: Money) -> Self {
        Self { amount: Some(amount), ..Self::number(amount.minor, format::amount(amount)) }
    }

    /// As [`Self::amount`], if there is one.
    pub(crate) fn some_amount(amount: Option<Money>) -> Self {
        amount.map_or_else(|| Self::number(-1, ""), Self::amount)
    }

    /// Net revenue, sorted by that in the brand's currency. Of one currency it is an amount, of several a text.
    pub(crate) fn revenue(figures: &Figures, currency: Currency) -> Self {
        let minor = figures.revenue_minor(currency);
        match figures.sales.amounts(currency).as_slice() {
            [] => Self::amount(Money { minor: 0, currency }),
            [one] => Self::amount(*one).sorted_by(minor),
            _ => Self::number(minor, format::revenue(figures, currency)),
        }
    }

    /// A formatted number, sorted by its value.
    pub(crate) fn number(value: impl Into<i128>, text: impl Into<String>) -> Self {
        Self { sort: SortKey::Number(value.into()), ..Self::text(text) }
    }

    /// A count without the language's separators, as programs read it; `None` if it is none.
    fn count_in_file(&self) -> Option<String> {
        let SortKey::Number(value) = self.sort else { return None };
        let count = i64::try_from(value).ok()?;
        (self.text == format::count(count)).then(|| count.to_string())
    }

    /// Own content; `text` is what search and CSV see.
    pub(crate) fn view(text: impl Into<String>, view: impl IntoView + 'static) -> Self {
        Self { view: Some(view.into_any()), ..Self::text(text) }
    }

    /// Own content in place of the text, which search and CSV see.
    pub(crate) fn shown_as(self, view: impl IntoView + 'static) -> Self {
        Self { view: Some(view.into_any()), ..self }
    }

    /// Sorts by a number, such as a time in Unix ms.
    pub(crate) fn sorted_by(self, value: impl Into<i128>) -> Self {
        Self { sort: SortKey::Number(value.into()), ..self }
    }

    /// Links the text.
    pub(crate) fn href(self, href: impl Into<String>) -> Self {
        Self { href: Some(href.into()), ..self }
    }

    /// A second, smaller line.
    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// A row. Its first cell is its header.
pub(crate) struct Row {
    cells: Vec<Cell>,
    is_muted: bool,
}

impl Row {
    /// A row of cells, in the order of the columns.
    pub(crate) fn new(cells: impl IntoIterator<Item = Cell>) -> Self {
        Self { cells: cells.into_iter().collect(), is_muted: false }
    }

    /// Greys the row out: it is archived or does not count.
    pub(crate) fn muted(self, is_muted: bool) -> Self {
        Self { is_muted, ..self }
    }
}

/// A table with its columns and rows.
pub(crate) struct Table {
    label: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    empty: AnyView,
    order: &'static str,
    name: &'static str,
    rows_a_page: usize,
    neighbours: Option<(Option<String>, Option<String>)>,
    /// Columns by which the database can sort, if it pages the rows.
    sorted_by_database: &'static [&'static str],
    has_csv: bool,
}

/// A CSV file that is written row by row.
pub(crate) struct CsvFile {
    out: csv::Writer<Vec<u8>>,
    /// Its columns, by their places in a row, and whether they hold amounts.
    columns: Vec<(usize, bool)>,
    has_notes: bool,
}

impl CsvFile {
    fn of(columns: &[Column], is_amount: impl Fn(usize) -> bool, has_notes: bool) -> Result<Self, PageError> {
        let shown = columns.iter().enumerate().filter(|(_, column)| column.kind != Kind::Actions);
        let labels = shown.clone().flat_map(|(index, column)| {
            let currency = is_amount(index).then(|| t!("table-currency", label = column.label.as_str()));
            core::iter::once(column.label.clone()).chain(currency)
        });
        let labels: Vec<String> = labels.chain(has_notes.then(|| t!("table-note"))).collect();
        let columns = shown.map(|(index, _)| (index, is_amount(index))).collect();
        let mut file = Self { out: csv::Writer::from_writer(Vec::new()), columns, has_notes };
        file.record(labels)?;
        Ok(file)
    }

    fn record(&mut self, texts: impl IntoIterator<Item = String>) -> Result<(), PageError> {
        self.out.write_record(texts).map_err(|_| PageError::not_found("file"))
    }

    /// Writes a row.
    pub(crate) fn write(&mut self, row: &Row) -> Result<(), PageError> {
        let mut texts = Vec::new();
        for (index, is_amount) in &self.columns {
            let cell = row.cells.get(*index);
            let amount = cell.and_then(|cell| cell.amount);
            // A plain number, with its minus sign, is no formula.
            let text =
                || cell.map_or_else(String::new, |cell| cell.count_in_file().unwrap_or_else(|| text_cell(&cell.text)));
            texts.push(amount.map_or_else(text, Money::to_decimal));
            if *is_amount {
                texts.push(amount.map_or(String::new(), |amount| amount.currency.to_string()));
            }
        }
        if self.has_notes {
            let notes = row.cells.iter().map(|cell| cell.note.as_str()).filter(|note| !note.is_empty());
            texts.push(text_cell(&notes.collect::<Vec<_>>().join("; ")));
        }
        self.record(texts)
    }

    /// The file, to be downloaded under a name.
    pub(crate) fn finish(self, file: &str) -> Result<Response, PageError> {
        let bytes = self.out.into_inner().map_err(|_| PageError::not_found("file"))?;
        let mut response = bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        if let Ok(disposition) = format!("attachment; filename=\"{file}.csv\"").parse() {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        Ok(response)
    }
}

impl Table {
    /// A table. `label` is its accessible name.
    pub(crate) fn new(label: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            label: label.into(),
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
            empty: view! { <p class="subdued">{t!("table-empty")}</p> }.into_any(),
            order: "",
            name: "",
            rows_a_page: ROWS_A_PAGE,
            neighbours: None,
            sorted_by_database: &[],
            has_csv: true,
        }
    }

    /// Sets the rows.
    pub(crate) fn rows(self, rows: impl IntoIterator<Item = Row>) -> Self {
        Self { rows: rows.into_iter().collect(), ..self }
    }

    /// What stands in place of a table without rows: say what would be here and what to do next.
    pub(crate) fn empty(self, empty: impl IntoView + 'static) -> Self {
        Self { empty: empty.into_any(), ..self }
    }

    /// The order until another is chosen: a column's key, with `-` in front for descending. Without it, as the rows come.
    pub(crate) fn ordered_by(self, order: &'static str) -> Self {
        Self { order, ..self }
    }

    /// A name, for a second table on a page: its parameters in the address begin with it.
    pub(crate) fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// No link to a CSV file, for tables that are a detail.
    pub(crate) fn without_csv(self) -> Self {
        Self { has_csv: false, ..self }
    }

    /// The rows are one page of many, which the database sorts and cuts: links to the pages before and after.
    pub(crate) fn neighbours(self, before: Option<String>, after: Option<String>) -> Self {
        Self { neighbours: Some((before, after)), ..self }
    }

    /// The columns with these keys can be sorted by: the rows come in the order that [`sort_order`] reads from the address.
    pub(crate) fn sorted_by_database(self, columns: &'static [&'static str]) -> Self {
        Self { sorted_by_database: columns, ..self }
    }

    fn parameter(&self, name: &str) -> String {
        if self.name.is_empty() { name.to_owned() } else { format!("{}-{name}", self.name) }
    }

    /// Whether the address asks for this table as a CSV file.
    pub(crate) fn is_csv_wanted(&self, address: &Address) -> bool {
        address.get(&self.parameter("format")) == "csv"
    }

    /// The chosen column and whether it is descending.
    fn chosen_order(&self, address: &Address) -> Option<(usize, bool)> {
        let parameter = self.parameter("sort");
        let order = if address.get(&parameter).is_empty() { self.order } else { address.get(&parameter) };
        let (key, is_descending) = sort_order(order);
        let index = self.columns.iter().position(|column| !key.is_empty() && column.key == key)?;
        Some((index, is_descending))
    }

    /// Keeps what the search finds, in the chosen order.
    fn arrange(&mut self, address: &Address) {
        if self.neighbours.is_some() {
            return;
        }
        let search = if self.name.is_empty() { address.get("q").trim().to_lowercase() } else { String::new() };
        if !search.is_empty() {
            let matches =
                |cell: &Cell| [&cell.text, &cell.note].iter().any(|text| text.to_lowercase().contains(&search));
            self.rows.retain(|row| row.cells.iter().any(matches));
        }
        if let Some((index, is_descending)) = self.chosen_order(address) {
            self.rows.sort_by(|a, b| {
                let order = a.cells.get(index).map(|cell| &cell.sort).cmp(&b.cells.get(index).map(|cell| &cell.sort));
                if is_descending { order.reverse() } else { order }
            });
        }
    }

    /// The CSV file of all rows that the search finds, in the chosen order (RFC 4180; cells are no formulas).
    pub(crate) fn csv(mut self, address: &Address, file: &str) -> Result<Response, PageError> {
        self.arrange(address);
        let has_notes = self.rows.iter().flat_map(|row| &row.cells).any(|cell| !cell.note.is_empty());
        let is_amount = |index: usize| {
            self.rows.iter().any(|row| row.cells.get(index).is_some_and(|cell: &Cell| cell.amount.is_some()))
        };
        let mut csv = CsvFile::of(&self.columns, is_amount, has_notes)?;
        self.rows.iter().try_for_each(|row| csv.write(row))?;
        csv.finish(file)
    }

    /// The CSV file of a table whose rows come bit by bit: there are too many to hold. Columns of amounts have one with the
    /// currency beside them, and notes are left out.
    pub(crate) fn begin_csv(self) -> Result<CsvFile, PageError> {
        CsvFile::of(
            &self.columns,
            |index| self.columns.get(index).is_some_and(|column| column.kind == Kind::Money),
            false,
        )
    }

    /// The table as the address asks for it.
    pub(crate) fn view(mut self, address: &Address) -> AnyView {
        let had_rows = !self.rows.is_empty();
        self.arrange(address);
        if self.rows.is_empty() {
            return if had_rows { nothing_found(address) } else { self.empty };
        }
        let count = self.rows.len();
        let pages = count.div_ceil(self.rows_a_page);
        let page = address.get(&self.parameter("page")).parse::<usize>().unwrap_or(1).clamp(1, pages.max(1));
        let is_cut_here = self.neighbours.is_none();
        let foot = self.foot(address, count, page, pages);
        let heads = self.heads(address);
        let first = if is_cut_here { (page - 1) * self.rows_a_page } else { 0 };
        let shown = if is_cut_here { self.rows_a_page } else { count };
        let columns = self.columns;
        let rows = self.rows.into_iter().skip(first).take(shown).map(|row| row_view(&columns, row)).collect_view();
        view! {
            <div class="table">
                <table aria-label=self.label>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                {foot}
            </div>
        }
        .into_any()
    }

    fn heads(&self, address: &Address) -> AnyView {
        let chosen = self.chosen_order(address);
        let is_sorted = |key: &str| match self.neighbours {
            Some(_) => self.sorted_by_database.contains(&key),
            None => !key.is_empty(),
        };
        let parameter = self.parameter("sort");
        let heads = self.columns.iter().enumerate().map(|(index, column)| {
            let class = class_of(column.kind);
            if column.kind == Kind::Actions {
                return view! { <th scope="col" class=class><span class="hidden">{column.label.clone()}</span></th> }.into_any();
            }
            if !is_sorted(column.key) {
                return view! { <th scope="col" class=class>{column.label.clone()}</th> }.into_any();
            }
            let state = chosen.filter(|(found, _)| *found == index).map(|(_, is_descending)| is_descending);
            let (aria, mark) = match state {
                Some(true) => (Some("descending"), "↓"),
                Some(false) => (Some("ascending"), "↑"),
                None => (None, ""),
            };
            // Numbers begin with the highest, texts with the first.
            let begins_descending = column.kind != Kind::Text;
            let next_descending = state.map_or(begins_descending, |is_descending| !is_descending);
            let order = format!("{}{}", if next_descending { "-" } else { "" }, column.key);
            let href = address.with(&[(parameter.as_str(), order.as_str())]);
            // By which the script finds it in the next page: its address changes with each press.
            let id = format!("{parameter}-{}", column.key);
            view! {
                <th scope="col" class=class aria-sort=aria>
                    <a href=href id=id data-keep-scroll="">{column.label.clone()}<span class="sort" aria-hidden="true">{mark}</span></a>
                </th>
            }
            .into_any()
        });
        heads.collect_view().into_any()
    }

    fn foot(&self, address: &Address, count: usize, page: usize, pages: usize) -> AnyView {
        let parameter = self.parameter("page");
        let at = |page: usize| address.with(&[(parameter.as_str(), page.to_string().as_str())]);
        let (before, after) = self
            .neighbours
            .clone()
            .unwrap_or_else(|| ((page > 1).then(|| at(page - 1)), (page < pages).then(|| at(page + 1))));
        let text = if self.neighbours.is_some() {
            String::new()
        } else if pages > 1 {
            let first = (page - 1) * self.rows_a_page + 1;
            t!("table-range", first = first, last = (page * self.rows_a_page).min(count), count = count)
        } else {
            String::new()
        };
        let csv = self.has_csv.then(|| {
            let href = address.with(&[(self.parameter("format").as_str(), "csv")]);
            view! { <a class="quiet" href=href download="">{icon::DOWNLOAD()}"CSV"</a> }
        });
        let has_pages = before.is_some() || after.is_some();
        if !has_pages && csv.is_none() {
            return ().into_any();
        }
        let pages = page_nav(&self.label, before, &text, after);
        view! { <div class="foot">{pages}{csv}</div> }.into_any()
    }
}

/// Links to the pages before and after one; nothing if there are no others.
fn page_nav(label: &str, before: Option<String>, between: &str, after: Option<String>) -> Option<AnyView> {
    let link = |href: Option<String>, label: String| href.map(|href| view! { <a class="button" href=href>{label}</a> });
    (before.is_some() || after.is_some()).then(|| {
        view! {
            <nav aria-label=t!("table-pages", table = label)>
                {link(before, t!("table-previous"))} <span>{between.to_owned()}</span> {link(after, t!("table-next"))}
            </nav>
        }
        .into_any()
    })
}

/// As the foot of a table, for a list that is none.
pub(crate) fn page_links(label: &str, before: Option<String>, after: Option<String>) -> Option<AnyView> {
    let pages = page_nav(label, before, "", after)?;
    Some(view! { <div class="table"><div class="foot">{pages}</div></div> }.into_any())
}

/// A sort order as addresses have it: the column's key, and whether it is descending, which a `-` in front says.
pub(crate) fn sort_order(order: &str) -> (&str, bool) {
    order.strip_prefix('-').map_or((order, false), |key| (key, true))
}

fn nothing_found(address: &Address) -> AnyView {
    let href = address.with(&[("q", "")]);
    let link = view! { <a href=href>{t!("table-clear-search")}</a> }.into_any();
    view! { <p class="subdued">{rich!("table-nothing-found", link = link)}</p> }.into_any()
}

const fn class_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Money => "number money",
        Kind::Actions => "actions",
    }
}

fn row_view(columns: &[Column], row: Row) -> AnyView {
    let cells = row.cells.into_iter().zip(columns).enumerate().map(|(index, (cell, column))| {
        let note = (!cell.note.is_empty()).then(|| view! { <small>{cell.note}</small> });
        let shown = cell.view.unwrap_or_else(|| {
            let text = if cell.text.is_empty() { "–".to_owned() } else { cell.text };
            match cell.href {
                Some(href) => view! { <a href=href>{text}</a> }.into_any(),
                None => text.into_any(),
            }
        });
        if index == 0 {
            view! { <th scope="row">{shown}{note}</th> }.into_any()
        } else {
            view! { <td class=class_of(column.kind) data-label=column.label.clone()>{shown}{note}</td> }.into_any()
        }
    });
    view! { <tr class:muted=row.is_muted>{cells.collect_view()}</tr> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |name: &str, clicks: i64| Row::new([Cell::text(name), Cell::number(clicks, clicks.to_string())]);
        Table::new("Creators", [Column::text("name", "Name"), Column::number("clicks", "Clicks")])
            .rows([row("ana", 9), row("Ben", 10), row("Cy", 2)])
            .ordered_by("-clicks")
    }

    fn address(text: &str) -> Address {
        Address::of(&text.parse().expect("valid"))
    }

    fn names(html: &str) -> Vec<&str> {
        html.split("<th scope=\"row\">").skip(1).filter_map(|rest| rest.split('<').next()).collect()
    }

    fn html(table: Table, at: &str) -> String {
        table.view(&address(at)).to_html().replace("<!>", "")
    }

    #[test]
    fn files_have_plain_counts_and_amounts_with_their_currency() {
        let revenue = |amounts: &[(&str, i64)]| {
            let mut figures = Figures::default();
            for (code, minor) in amounts {
                figures.sales.add(1, Currency::parse(code).expect("valid"), *minor);
            }
            Cell::revenue(&figures, Currency::USD)
        };
        let columns = ["Clicks", "Rate", "Revenue"].map(|name| Column::number("x", name));
        let mut file = CsvFile::of(&columns, |index| index == 2, false).expect("a file");
        for revenue in [revenue(&[]), revenue(&[("EUR", -1_234_500)]), revenue(&[("USD", 1), ("EUR", 2)])] {
            let row = Row::new([Cell::number(1_234, format::count(1_234)), Cell::number(310, "3.1%"), revenue]);
            file.write(&row).expect("a row");
        }
        let text = String::from_utf8(file.out.into_inner().expect("written")).expect("text");
        let rows: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(rows[..2], ["1234,3.1%,0.00,USD", "1234,3.1%,-12345.00,EUR"]);
        assert!(rows[2].starts_with("1234,3.1%,") && rows[2].ends_with(','), "{text}");
    }

    #[test]
    fn rows_are_sorted_by_value_and_texts_without_regard_to_case() {
        assert_eq!(names(&html(table(), "/c")), ["Ben", "ana", "Cy"]);
        assert_eq!(names(&html(table(), "/c?sort=clicks")), ["Cy", "ana", "Ben"]);
        assert_eq!(names(&html(table(), "/c?sort=name")), ["ana", "Ben", "Cy"]);
        assert_eq!(
            names(&html(table(), "/c?sort=nonsense")),
            ["ana", "Ben", "Cy"],
            "an unknown column changes nothing"
        );
        assert!(html(table(), "/c?sort=name").contains("aria-sort=\"ascending\""));
    }

    #[test]
    fn a_list_that_the_database_pages_is_sorted_by_what_it_can_sort_by() {
        let paged = || table().neighbours(None, None).sorted_by_database(&["clicks"]);
        let found = html(paged(), "/c?sort=clicks");
        assert_eq!(names(&found), ["ana", "Ben", "Cy"], "the rows stay as they come");
        assert!(found.contains("aria-sort=\"ascending\"") && found.contains("sort=-clicks"), "{found}");
        assert!(!found.contains("sort=name"), "{found}");
    }

    #[test]
    fn search_and_pages_cut_nothing_silently() {
        assert_eq!(names(&html(table(), "/c?q=be")), ["Ben"]);
        assert!(html(table(), "/c?q=zzz").contains("Nothing matches"));
        let rows = (0..60).map(|index| Row::new([Cell::text(format!("r{index:02}")), Cell::number(index, "")]));
        let many = || table().rows(rows.clone()).ordered_by("name");
        let second = html(many(), "/c?page=2");
        assert_eq!((names(&second).len(), names(&second)[0]), (25, "r25"));
        assert!(second.contains("26–50 of 60"), "{second}");
        assert_eq!(names(&html(many(), "/c?page=999")).len(), 10, "the last page");
    }
}
