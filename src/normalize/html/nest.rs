//! How elements nest: what a start tag closes, what it opens that the writer left out, where it has no place
//! (HTML Standard, 13.2.6 Tree construction).

use super::attribute::Attributes;
use super::element::{self, Element, Kind};
use super::tidy::{DEPTH, Tree};

impl Tree<'_> {
    /// Closes what an element of this kind ends and opens what it stands in. False: it has no place here.
    pub(super) fn make_room(&mut self, element: &'static Element) -> bool {
        match element.kind {
            Kind::Caption | Kind::Columns | Kind::Section => return self.back_to(&[Kind::Table]),
            Kind::Column => {
                return self.back_to(&[Kind::Table, Kind::Columns]) && self.imply(Kind::Table, "colgroup");
            }
            Kind::Row => {
                return self.back_to(&[Kind::Table, Kind::Section]) && self.imply(Kind::Table, "tbody");
            }
            Kind::Cell => {
                return self.back_to(&[Kind::Table, Kind::Section, Kind::Row])
                    && self.imply(Kind::Table, "tbody")
                    && self.imply(Kind::Section, "tr");
            }
            _ => self.enter_cell(),
        }
        match element.kind {
            Kind::Inline => {}
            Kind::Anchor => self.close_in_cell(|it| it.kind == Kind::Anchor),
            Kind::Ruby => {
                let rtc = matches!(element.name, "rt" | "rp");
                if self.in_cell(|it| it.name == "ruby").is_some() {
                    while self.open.last().is_some_and(|it| is_implied(it) && !(rtc && it.name == "rtc")) {
                        self.close_to(self.open.len() - 1);
                    }
                }
            }
            Kind::Item | Kind::Term => {
                let same = self.open.iter().rposition(|it| it.kind == element.kind || it.hides_items());
                if let Some(at) = same.filter(|at| self.open[*at].kind == element.kind) {
                    self.close_to(at);
                }
                self.close_in_cell(|it| it.kind == Kind::Paragraph);
            }
            Kind::Void if element.name != "hr" => {}
            _ => self.close_in_cell(|it| it.kind == Kind::Paragraph),
        }
        if element.kind == Kind::Heading && self.open.last().is_some_and(|it| it.kind == Kind::Heading) {
            self.close_to(self.open.len() - 1);
        }
        true
    }

    /// The innermost open element that fits, looked for inside the innermost cell or caption only.
    pub(super) fn in_cell(&self, fits: impl Fn(&Element) -> bool) -> Option<usize> {
        let at = self.open.iter().rposition(|it| fits(it) || is_wall(it))?;
        (!is_wall(self.open[at])).then_some(at)
    }

    fn close_in_cell(&mut self, fits: impl Fn(&Element) -> bool) {
        if let Some(at) = self.in_cell(fits) {
            self.plain &= at + 1 == self.open.len();
            self.close_to(at);
        }
    }

    /// Closes elements of the innermost table until one of these kinds is current. False: there is no table.
    fn back_to(&mut self, kinds: &[Kind]) -> bool {
        let wanted = |it: &&'static Element| kinds.contains(&it.kind) || it.kind == Kind::Table;
        match self.open.iter().rposition(wanted) {
            Some(at) => {
                self.plain &=
                    self.open[at + 1..].iter().all(|it| !matches!(it.kind, Kind::Inline | Kind::Anchor));
                self.close_to(at + 1);
                true
            }
            None => {
                self.plain = false;
                false
            }
        }
    }

    /// Opens an element that the writer left out, when the current one is of this kind. False: too deep.
    fn imply(&mut self, kind: Kind, name: &str) -> bool {
        if self.open.last().is_some_and(|it| it.kind != kind) {
            return true;
        }
        match element::find(name) {
            Some(element) if self.open.len() < DEPTH => {
                self.write_start(element, &Attributes::default());
                self.open.push(element);
                true
            }
            _ => false,
        }
    }

    pub(super) fn in_table(&self) -> bool {
        self.open
            .last()
            .is_some_and(|it| matches!(it.kind, Kind::Table | Kind::Columns | Kind::Section | Kind::Row))
    }

    /// What stands in a table outside its cells gets a cell: a browser would move it before the table.
    pub(super) fn enter_cell(&mut self) {
        if !self.in_table() {
            return;
        }
        self.plain = false;
        if self.open.last().is_some_and(|it| it.kind == Kind::Columns) {
            self.close_to(self.open.len() - 1);
        }
        let made = self.imply(Kind::Table, "tbody")
            && self.imply(Kind::Section, "tr")
            && self.imply(Kind::Row, "td");
        if !made {
            // Too deep for a cell: the table ends here.
            let table = self.open.iter().rposition(|it| it.kind == Kind::Table).unwrap_or(0);
            self.close_to(table);
            self.enter_cell();
        }
    }
}

/// Elements whose end tag may be left out.
pub(super) fn is_implied(it: &Element) -> bool {
    matches!(it.kind, Kind::Item | Kind::Term | Kind::Paragraph | Kind::Ruby)
}

/// What no end tag and no implied end from inside gets past.
fn is_wall(it: &Element) -> bool {
    matches!(it.kind, Kind::Caption | Kind::Table | Kind::Cell)
}
