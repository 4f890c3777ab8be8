//! Who tells a story in a feed: the entries that hang together as far as the feed and their sources allow it.

use super::{Member, Picker, may_belong};
use crate::dedup::near::Text;
use crate::dedup::tie::reached;
use crate::dedup::{Content, Mode, Scope, Tie};
use crate::model::Entry;

/// A text with fewer words is no fuller one.
const FULL: usize = 60;

impl Picker<'_> {
    /// The entry, and those of `others` that are of one story with it in this feed. Where the one whose id it goes by is none of
    /// them, it goes by its own.
    pub(super) fn told_by(&self, mut member: Member, mut others: Vec<Member>, ties: &[Tie]) -> Vec<Member> {
        let mode = |row| {
            let teller = others.iter().chain([&member]).find(|teller| teller.row == row);
            match teller.and_then(|teller| self.cards.get(&teller.source)) {
                Some(card) if self.settings.scope == Scope::All || may_belong(self.settings, card) => {
                    card.dedup
                }
                // What a source told that is not configured any more still holds others together.
                None if self.settings.scope == Scope::All => Mode::Near,
                _ => Mode::Off,
            }
        };
        let counts = |tie: &&Tie| tie.kind.mode() <= self.settings.dedup.min(mode(tie.a)).min(mode(tie.b));
        let ties: Vec<Tie> = ties.iter().filter(counts).copied().collect();
        let story = reached(member.row, &ties);
        for teller in others.iter_mut().chain([&mut member]).filter(|teller| !story.contains(&teller.told)) {
            teller.entry.id = teller.own_id.clone();
        }
        others.retain(|other| story.contains(&other.row));
        others.push(member);
        others
    }

    /// Those whose text the entry of `row` may show, where the feed lends at all.
    pub(super) fn lenders(&self, story: &[Member], row: i64) -> Vec<Member> {
        match self.settings.lend {
            Content::Leader => Vec::new(),
            Content::Fullest => story.iter().filter(|member| member.row != row).cloned().collect(),
        }
    }

    /// Where an entry has an excerpt only, it shows the full text of the first other that a rule keeps out of no feed.
    pub(super) fn lend(&self, entry: &mut Entry, lenders: Vec<Member>) {
        if lenders.is_empty() || Text::of_item(&entry.item).words() >= FULL {
            return;
        }
        let full = lenders
            .into_iter()
            .filter_map(|member| self.judge(member).ok())
            .find(|lender| Text::of_item(&lender.item).words() >= FULL);
        if let Some(full) = full {
            entry.item.content = full.item.content.or(full.item.summary);
        }
    }
}
