//! Asking the index: which entries may be what is wanted, newest first.

use rusqlite::OptionalExtension;

use super::{ANY, Index, entry_at, of_language, of_source, of_tag};
use crate::store::StoreError;
use crate::value::filter::{Filter, Phrase, fold_tag};

/// What the index is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// All of these must be in.
    all: Vec<String>,
}

impl Ask {
    /// Entries that hold the words of `filter` and are in one of its languages. Words that must not be there are not asked
    /// for: what is shown of an entry may be less than what is indexed.
    pub fn new(filter: &Filter) -> Self {
        let phrases = filter.terms.iter().filter(|term| !term.without).flat_map(|term| &term.phrases);
        let mut all: Vec<String> = phrases.map(phrase).collect();
        if !filter.languages.is_empty() {
            all.push(any_of(filter.languages.iter().map(|language| of_language(language.as_str()))));
        }
        Self { all }
    }

    /// And are in one of these categories, or of one of these sources.
    pub fn tagged(&mut self, tag: &str, sources: &[i64]) {
        let sources = sources.iter().map(|row| of_source(*row));
        self.all.push(any_of(std::iter::once(of_tag(&fold_tag(tag))).chain(sources)));
    }

    /// And are of one of these sources.
    pub fn from(&mut self, sources: &[i64]) {
        self.all.push(any_of(sources.iter().map(|row| of_source(*row))));
    }

    /// In the words of FTS5.
    fn expression(&self) -> String {
        match self.all.is_empty() {
            true => any_of([ANY.to_owned()].into_iter()),
            false => self.all.join(" AND "),
        }
    }
}

/// Tokens hold letters, digits and marks only: nothing of theirs can end the quotes.
fn phrase(phrase: &Phrase) -> String {
    let star = if phrase.open { " *" } else { "" };
    format!("(words : \"{}\"{star})", phrase.tokens.join(" "))
}

fn any_of(tokens: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = tokens.map(|token| format!("\"{token}\"")).collect();
    format!("(facets : ({}))", quoted.join(" OR "))
}

impl Index {
    /// Shows what may be wanted, newest first, each as its row in the store with that of its source, until `take` has enough.
    ///
    /// # Errors
    /// What the database says, and what `take` does.
    pub fn find(
        &self,
        ask: &Ask,
        mut take: impl FnMut(i64, i64) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let fail = |e| self.fail(e);
        let sql = "SELECT rowid FROM text WHERE text MATCH ?1 ORDER BY rowid DESC";
        let mut query = self.connection.prepare_cached(sql).map_err(fail)?;
        let mut source =
            self.connection.prepare_cached("SELECT source FROM seen WHERE entry = ?1").map_err(fail)?;
        let mut rows = query.query([ask.expression()]).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            let entry = entry_at(row.get(0).map_err(fail)?);
            let of = source.query_row([entry], |row| row.get(0)).optional().map_err(fail)?;
            if let Some(of) = of
                && !take(entry, of)?
            {
                break;
            }
        }
        Ok(())
    }
}
