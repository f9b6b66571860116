//! Suites: added, changed, removed.

use std::ops::Range;

use common::problem::FieldError;
use common::text;
use serde_json::{Map, Value, json};
use service_kit::db::violates;

use crate::app::App;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{DEFAULT_SUITE, Service, Strategy, Suite};
use crate::domain::{assignment, catalog, target};
use crate::error::Error;
use crate::store;

/// What a suite is to be; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct SuiteEdit {
    /// Name for people.
    pub title: Option<String>,
    /// First port and the one after the last.
    pub range: Option<Range<u32>>,
    /// So many first ports are given on explicit request only.
    pub static_band: Option<u16>,
    /// How a port is chosen.
    pub strategy: Option<Strategy>,
    /// Host of its services; a none inside takes the setting.
    pub host_template: Option<Option<String>>,
}

impl SuiteEdit {
    fn apply(self, suite: &mut Suite) -> Result<(), Error> {
        let mut faults = Vec::new();
        if let Some(title) = self.title {
            text::line("title", &title, 100)
                .map_or_else(|fault| faults.push(fault), |title| suite.title = title);
        }
        if let Some(template) = self.host_template {
            match template
                .map(|template| text::line("host_template", &template, 255))
                .transpose()
            {
                Ok(template) => suite.host_template = template,
                Err(fault) => faults.push(fault),
            }
        }
        suite.range = self.range.unwrap_or_else(|| suite.range.clone());
        suite.static_band = self.static_band.unwrap_or(suite.static_band);
        suite.strategy = self.strategy.unwrap_or(suite.strategy);
        let size = suite.range.end.saturating_sub(suite.range.start);
        if suite.range.start < 1 || suite.range.end > 65_536 || size == 0 {
            let detail = "must be [first, end] with 1 <= first < end <= 65536";
            faults.push(FieldError::new("port_range", "out_of_range", detail));
        } else if u32::from(suite.static_band) > size {
            faults.push(FieldError::new(
                "static_band",
                "out_of_range",
                "must fit into port_range",
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

fn facts(suite: &Suite) -> Map<String, Value> {
    let facts = json!({
        "title": suite.title, "port_range": [suite.range.start, suite.range.end], "static_band": suite.static_band,
        "strategy": suite.strategy, "host_template": suite.host_template,
    });
    facts.as_object().cloned().unwrap_or_default()
}

/// Makes a suite.
///
/// # Errors
/// When the name is taken or a field is wrong.
pub async fn create(
    app: &App,
    actor: Actor<'_>,
    name: &str,
    edit: SuiteEdit,
) -> Result<Suite, Error> {
    let is_name = name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte)
        });
    if !is_name {
        return Err(Error::field(
            "name",
            "not_allowed",
            "must be a word of a-z, 0-9, - and _, up to 63 characters",
        ));
    }
    let mut suite = Suite {
        id: 0,
        name: name.to_owned(),
        title: name.to_owned(),
        range: 0..0,
        static_band: 0,
        strategy: Strategy::Hash,
        host_template: None,
    };
    edit.apply(&mut suite)?;
    let mut ledger = Ledger::begin(app, actor).await?;
    let made = store::suites::insert(ledger.conn(), &suite).await;
    suite.id = made.map_err(|error| match error {
        error if violates(&error, "suite_name_key") => Error::SuiteTaken(suite.name.clone()),
        error => error.into(),
    })?;
    ledger.note("suite.created", ("suite", &suite.name), facts(&suite));
    ledger.commit().await?;
    Ok(suite)
}

/// Changes a suite; ports that are given stay given.
///
/// # Errors
/// When there is no such suite or a field is wrong.
pub async fn change(
    app: &App,
    actor: Actor<'_>,
    name: &str,
    edit: SuiteEdit,
) -> Result<Suite, Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let mut suite = target::suite(ledger.conn(), Some(name)).await?;
    let before = suite.clone();
    edit.apply(&mut suite)?;
    if suite == before {
        return Ok(suite);
    }
    store::suites::update(ledger.conn(), &suite).await?;
    ledger.note("suite.changed", ("suite", &suite.name), facts(&suite));
    ledger.commit().await?;
    Ok(suite)
}

/// Removes a suite with its services and their claims; the default one stays.
///
/// # Errors
/// When there is no such suite, or it must stay.
pub async fn delete(app: &App, actor: Actor<'_>, name: &str) -> Result<(), Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), Some(name)).await?;
    if suite.name == DEFAULT_SUITE {
        return Err(Error::SuiteStays(suite.name));
    }
    let services = store::services::list(ledger.conn(), suite.id).await?;
    let services: Vec<&Service> = services.iter().collect();
    assignment::take_away(&mut ledger, &suite, &services, catalog::REMOVED).await?;
    store::suites::delete(ledger.conn(), suite.id).await?;
    ledger.note("suite.deleted", ("suite", &suite.name), facts(&suite));
    ledger.commit().await?;
    Ok(())
}

/// Gives the default suite the range of the settings, if they name one.
///
/// # Errors
/// When the database refuses.
pub async fn apply_range(app: &App) -> Result<(), Error> {
    let Some(range) = &app.config.range else {
        return Ok(());
    };
    let edit = SuiteEdit {
        range: Some(range.clone()),
        static_band: Some(0),
        ..SuiteEdit::default()
    };
    change(app, Actor::System("settings"), DEFAULT_SUITE, edit).await?;
    Ok(())
}
