//! Reads a JSON object field by field and notes every fault with its path.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use common::problem::FieldError;
use serde_json::{Map, Value};

/// An object that is being read.
pub(crate) struct Reader<'v, 'f> {
    path: String,
    object: &'v Map<String, Value>,
    read: BTreeSet<&'static str>,
    faults: &'f mut Vec<FieldError>,
}

impl<'v, 'f> Reader<'v, 'f> {
    /// Starts to read `value`, if it is an object.
    pub(crate) fn of(
        path: &str,
        value: &'v Value,
        faults: &'f mut Vec<FieldError>,
    ) -> Option<Self> {
        let Some(object) = value.as_object() else {
            faults.push(FieldError::new(path, "wrong_type", "must be an object"));
            return None;
        };
        Some(Self {
            path: path.to_owned(),
            object,
            read: BTreeSet::new(),
            faults,
        })
    }

    /// Notes a fault of the field `name`.
    pub(crate) fn fault(&mut self, name: &str, code: &str, detail: impl Into<String>) {
        let path = self.path_of(name);
        self.faults.push(FieldError::new(path, code, detail));
    }

    /// The path of the field `name`.
    pub(crate) fn path_of(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    /// Notes faults that were found elsewhere.
    pub(crate) fn note(&mut self, faults: Vec<FieldError>) {
        self.faults.extend(faults);
    }

    /// How many faults there are so far.
    pub(crate) fn fault_count(&self) -> usize {
        self.faults.len()
    }

    /// The field as it is; null counts as absent.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<&'v Value> {
        self.read.insert(name);
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text whose length in characters is in `length`.
    pub(crate) fn optional_text(
        &mut self,
        name: &'static str,
        length: RangeInclusive<usize>,
    ) -> Option<String> {
        let value = self.take(name)?;
        let Some(text) = value.as_str() else {
            self.fault(name, "wrong_type", "must be a text");
            return None;
        };
        if text.contains('\0') {
            self.fault(name, "invalid", "must not hold a NUL character");
            return None;
        }
        if !length.contains(&text.chars().count()) {
            let detail = format!("must be {} to {} characters", length.start(), length.end());
            self.fault(name, "out_of_range", detail);
            return None;
        }
        Some(text.to_owned())
    }

    /// A text that has to be there.
    pub(crate) fn text(
        &mut self,
        name: &'static str,
        length: RangeInclusive<usize>,
    ) -> Option<String> {
        if self.take(name).is_none() {
            self.fault(name, "missing", "is needed");
            return None;
        }
        self.optional_text(name, length)
    }

    /// One of some words, or the first of them.
    pub(crate) fn word(&mut self, name: &'static str, words: &[&'static str]) -> &'static str {
        let default = words.first().copied().unwrap_or_default();
        let Some(value) = self.take(name) else {
            return default;
        };
        let found = words
            .iter()
            .copied()
            .find(|word| value.as_str() == Some(word));
        found.unwrap_or_else(|| {
            self.fault(
                name,
                "not_allowed",
                format!("must be one of {}", words.join(", ")),
            );
            default
        })
    }

    /// A whole number in `range`.
    pub(crate) fn integer(
        &mut self,
        name: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.take(name)?;
        match value.as_i64() {
            Some(number) if range.contains(&number) => Some(number),
            found => {
                let code = if found.is_some() {
                    "out_of_range"
                } else {
                    "wrong_type"
                };
                let detail = format!(
                    "must be a whole number from {} to {}",
                    range.start(),
                    range.end()
                );
                self.fault(name, code, detail);
                None
            }
        }
    }

    /// A whole number in `range` that has to be there.
    pub(crate) fn needed_integer(
        &mut self,
        name: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        if self.take(name).is_none() {
            self.fault(name, "missing", "is needed");
        }
        self.integer(name, range)
    }

    /// What `read` makes of the object in a field.
    pub(crate) fn inner<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Reader<'v, '_>) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(name)?;
        let mut faults = Vec::new();
        let found = Reader::of(&self.path_of(name), value, &mut faults).and_then(read);
        self.note(faults);
        found
    }

    /// True or false, or `default`.
    pub(crate) fn boolean(&mut self, name: &'static str, default: bool) -> bool {
        let Some(value) = self.take(name) else {
            return default;
        };
        value.as_bool().unwrap_or_else(|| {
            self.fault(name, "wrong_type", "must be true or false");
            default
        })
    }

    /// Notes every field that was not read: those in `later` come with a later version.
    pub(crate) fn finish(self, later: &[&str]) {
        for name in self
            .object
            .keys()
            .filter(|name| !self.read.contains(name.as_str()))
        {
            let path = format!("{}.{name}", self.path);
            self.faults.push(if later.contains(&name.as_str()) {
                FieldError::new(path, "not_available", "is not available in this version")
            } else {
                let known: Vec<&str> = self.read.iter().copied().collect();
                let detail = format!("is not known here; known: {}", known.join(", "));
                FieldError::new(path, "unknown", detail)
            });
        }
    }
}
