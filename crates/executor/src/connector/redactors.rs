//! Redactors that steps share which use the same credential at the same time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use remote::{Redactor, WeakRedactor};

/// By version of the credential. To prepare one takes longer than many commands do.
#[derive(Debug, Default)]
pub(super) struct Redactors(Mutex<HashMap<String, WeakRedactor>>);

impl Redactors {
    /// The one of a version that is in use, or a new one.
    pub(super) fn get<E>(
        &self,
        version: &str,
        prepare: impl FnOnce() -> Result<Redactor, E>,
    ) -> Result<Redactor, E> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(version).and_then(WeakRedactor::upgrade) {
            return Ok(found);
        }
        let made = prepare()?;
        known.retain(|_, weak| weak.upgrade().is_some());
        known.insert(version.to_owned(), made.downgrade());
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn one_is_prepared_for_all_who_use_it_at_the_same_time() {
        let redactors = Redactors::default();
        let prepared = Cell::new(0);
        let get = |version| {
            let secret = format!("secret of {version}");
            let made = redactors.get(version, || {
                prepared.set(prepared.get() + 1);
                Redactor::new([secret.as_bytes()])
            });
            let made = made.unwrap();
            assert_eq!(made.text(&format!("<{secret}>")), "<***>");
            made
        };
        let first = get("1.1");
        let second = get("1.1");
        let newer = get("1.2");
        assert_eq!(prepared.get(), 2);
        drop((first, second));
        drop(get("1.1"));
        assert_eq!(prepared.get(), 3);
        drop(newer);
    }
}
