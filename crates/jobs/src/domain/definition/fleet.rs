//! What a definition says of the targets that a run works on, and of what it locks.

use common::filter::Filter;
use common::model::target::TargetSelector;
use common::problem::FieldError;
use serde_json::Value;

use super::names::Templates;
use super::reader::Reader;

/// Most names or labels of a selector.
const MAX_ITEMS: usize = 5000;
/// Most locks of a job or step.
const MAX_LOCKS: usize = 20;
/// Words of the order, the usual one first.
const ORDERS: &[&str] = &["target_first", "step_first", "dependencies"];

/// In which order a fleet is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Each target goes through all steps by itself.
    TargetFirst,
    /// Each step is done on all targets before the next one.
    StepFirst,
    /// Targets that others need come first.
    Dependencies,
}

impl Order {
    /// The word in definitions and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TargetFirst => "target_first",
            Self::StepFirst => "step_first",
            Self::Dependencies => "dependencies",
        }
    }
}

/// So many targets, or so many of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A number.
    Number(u32),
    /// Percent of the fleet.
    Percent(u32),
}

impl Amount {
    fn parse(value: &Value) -> Option<Self> {
        if let Some(number) = value.as_u64() {
            return u32::try_from(number).ok().map(Self::Number);
        }
        let text = value.as_str()?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match text.strip_suffix('%') {
            Some(part) if digits(part) => {
                let percent = part.parse().ok().filter(|percent| *percent <= 100)?;
                Some(Self::Percent(percent))
            }
            None if digits(text) => text.parse().ok().map(Self::Number),
            Some(_) | None => None,
        }
    }

    /// How many of so many targets a batch has: a part of one counts as one.
    pub fn batch_of(self, targets: usize) -> usize {
        self.part_of(targets, 99).max(1)
    }

    /// How many of so many targets may fail: a part of one does not count.
    pub fn failures_of(self, targets: usize) -> usize {
        self.part_of(targets, 0)
    }

    fn part_of(self, targets: usize, round: usize) -> usize {
        let whole = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        match self {
            Self::Number(number) => whole(number),
            Self::Percent(percent) => {
                let parts = targets.saturating_mul(whole(percent)).saturating_add(round);
                parts.checked_div(100).unwrap_or_default()
            }
        }
    }
}

/// How a fleet is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strategy {
    /// In which order.
    pub order: Order,
    /// Most targets at a time.
    pub parallel: Option<i32>,
    /// Targets in a batch; the next one begins when it is done.
    pub batch: Option<Amount>,
    /// With more failed targets the run is ended.
    pub max_failures: Option<Amount>,
    /// Seconds between two batches.
    pub pause_sec: i32,
}

/// The targets of all steps that name none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// Which they are.
    pub selector: TargetSelector,
    /// How they are worked on.
    pub strategy: Strategy,
}

/// Reads `targets` and `strategy`.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Fleet> {
    let targets = reader.take("targets");
    let strategy = reader.take("strategy");
    let Some(targets) = targets else {
        if strategy.is_some() {
            let detail = "has no meaning without targets";
            reader.fault("strategy", "not_allowed", detail);
        }
        return None;
    };
    let mut faults: Vec<FieldError> = Vec::new();
    let selector = Reader::of(&reader.path_of("targets"), targets, &mut faults).and_then(selector);
    let path = reader.path_of("strategy");
    let none = Value::Object(serde_json::Map::new());
    let strategy = Reader::of(&path, strategy.unwrap_or(&none), &mut faults).map(self::strategy);
    reader.note(faults);
    Some(Fleet {
        selector: selector?,
        strategy: strategy?,
    })
}

fn selector(mut reader: Reader<'_, '_>) -> Option<TargetSelector> {
    let names = texts(&mut reader, "names");
    let tags = texts(&mut reader, "tags");
    if let Some(Err((at, detail))) = tags.as_deref().map(Filter::of_tags) {
        reader.fault(&format!("tags[{at}]"), "invalid", detail);
    }
    let filter = reader.optional_text("filter", 1..=common::filter::LONGEST);
    if let Some(Err(fault)) = filter.as_deref().map(Filter::parse) {
        reader.fault("filter", "malformed_filter", fault.to_string());
    }
    let given = ["names", "tags", "filter"].map(|name| reader.take(name).is_some());
    if given.into_iter().filter(|given| *given).count() != 1 {
        let detail = "must be exactly one of names, tags and filter";
        reader.fault("filter", "not_allowed", detail);
    }
    reader.finish(&[]);
    Some(TargetSelector {
        names,
        tags,
        filter,
    })
}

fn texts(reader: &mut Reader<'_, '_>, name: &'static str) -> Option<Vec<String>> {
    let value = reader.take(name)?;
    let Some(list) = value
        .as_array()
        .filter(|list| (1..=MAX_ITEMS).contains(&list.len()))
    else {
        let detail = format!("must be a list of 1 to {MAX_ITEMS} texts");
        reader.fault(name, "wrong_type", detail);
        return None;
    };
    let mut texts = Vec::new();
    for (at, value) in list.iter().enumerate() {
        match value.as_str() {
            Some(text) if (1..=200).contains(&text.chars().count()) && !text.contains('\0') => {
                texts.push(text.to_owned());
            }
            Some(_) | None => {
                let detail = "must be a text of 1 to 200 characters";
                reader.fault(&format!("{name}[{at}]"), "wrong_type", detail);
            }
        }
    }
    Some(texts)
}

fn strategy(mut reader: Reader<'_, '_>) -> Strategy {
    let order = match reader.word("order", ORDERS) {
        "step_first" => Order::StepFirst,
        "dependencies" => Order::Dependencies,
        _ => Order::TargetFirst,
    };
    let number = |number: i64| i32::try_from(number).ok();
    let parallel = reader.integer("parallel", 1..=10_000).and_then(number);
    let batch = amount(&mut reader, "batch", 1);
    if batch.is_some() && order == Order::Dependencies {
        let detail = "has no meaning with this order: its waves follow from the dependencies";
        reader.fault("batch", "not_allowed", detail);
    }
    let max_failures = amount(&mut reader, "max_failures", 0);
    let pause = reader.integer("pause_between_batches_sec", 0..=86_400);
    reader.finish(&[]);
    Strategy {
        order,
        parallel,
        batch,
        max_failures,
        pause_sec: pause.and_then(number).unwrap_or_default(),
    }
}

fn amount(reader: &mut Reader<'_, '_>, name: &'static str, least: u32) -> Option<Amount> {
    let value = reader.take(name)?;
    let amount = Amount::parse(value).filter(|amount| match amount {
        Amount::Number(number) | Amount::Percent(number) => *number >= least,
    });
    if amount.is_none() {
        let detail = format!("must be a number from {least} such as 10, or percent such as 20%");
        reader.fault(name, "invalid", detail);
    }
    amount
}

/// A thing that only some may use at a time; its name may have holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// What it is called.
    pub name: String,
    /// How many may use it.
    pub slots: i32,
}

impl Lock {
    /// `NAME`, or `NAME/SLOTS`.
    fn parse(text: &str) -> Option<Self> {
        let (name, slots) = match text.rsplit_once('/') {
            Some((name, slots)) => (name, slots.parse().ok().filter(|slots| *slots >= 1)?),
            None => (text, 1),
        };
        let is_name = !name.trim().is_empty() && !name.chars().any(char::is_control);
        is_name.then(|| Self {
            name: name.trim().to_owned(),
            slots,
        })
    }
}

/// Reads `locks`.
pub(super) fn locks(reader: &mut Reader<'_, '_>, templates: &mut Templates<'_>) -> Vec<Lock> {
    let mut locks: Vec<Lock> = Vec::new();
    let texts = texts(reader, "locks").unwrap_or_default();
    if texts.len() > MAX_LOCKS {
        let detail = format!("must be at most {MAX_LOCKS}");
        reader.fault("locks", "too_many", detail);
    }
    for (at, text) in texts.iter().enumerate() {
        let field = format!("locks[{at}]");
        match Lock::parse(text) {
            Some(lock) if locks.iter().any(|known| known.name == lock.name) => {
                reader.fault(&field, "duplicate", "is given twice");
            }
            Some(lock) => {
                templates.check_lock(reader, &field, &lock.name);
                locks.push(lock);
            }
            None => {
                let detail = "must be a name, or a name and how many may hold it such as pool:a/4";
                reader.fault(&field, "invalid", detail);
            }
        }
    }
    locks
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_rounded_to_the_careful_side() {
        for (value, batch, failures) in [
            (json!("10"), 10, 10),
            (json!(3), 3, 3),
            (json!("20%"), 2, 1),
            (json!("1%"), 1, 0),
            (json!("0%"), 1, 0),
            (json!("100%"), 7, 7),
            (json!("50%"), 4, 3),
        ] {
            let amount = Amount::parse(&value).unwrap();
            assert_eq!(
                (amount.batch_of(7), amount.failures_of(7)),
                (batch, failures),
                "{value}"
            );
        }
        for value in [
            json!("x"),
            json!("%"),
            json!("-1"),
            json!("101%"),
            json!(-1),
            json!(1.5),
            json!(""),
            json!("+1"),
        ] {
            assert_eq!(Amount::parse(&value), None, "{value}");
        }
    }

    #[test]
    fn locks_have_slots() {
        for (text, lock) in [
            ("db", Some(("db", 1))),
            ("pool:a/4", Some(("pool:a", 4))),
            ("pool:a/0", None),
            ("pool:a/x", None),
            ("/3", None),
        ] {
            let found = Lock::parse(text);
            let found = found.as_ref().map(|lock| (lock.name.as_str(), lock.slots));
            assert_eq!(found, lock, "{text}");
        }
    }
}
