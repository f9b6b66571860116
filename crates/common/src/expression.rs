//! Conditions over parameters and results, such as `env == "prod" and steps.check.exit_code == 0`.
//!
//! Like templates, they cannot run code: a closed environment, bounded work, undefined names are
//! errors.

use std::collections::BTreeSet;

use minijinja::value::Serde;
use minijinja::{Environment, Expression, UndefinedBehavior};

use crate::template::{TemplateError, describe};

/// Most instructions that one condition may run.
const FUEL: u64 = 10_000;

/// Longest condition, in bytes: the reader below goes as deep as the text is nested.
pub const LONGEST: usize = 1000;

/// The names that a condition asks for, with what they are asked for, such as `steps.check.stdout`.
///
/// # Errors
/// When the text is no condition.
pub fn names(text: &str) -> Result<BTreeSet<String>, TemplateError> {
    let env = environment();
    let expression = compile(&env, text)?;
    Ok(expression.undeclared_variables(true).into_iter().collect())
}

/// Whether the condition holds for these values.
///
/// # Errors
/// When the text is no condition, or asks for what is not there.
pub fn holds(
    text: &str,
    values: &serde_json::Map<String, serde_json::Value>,
) -> Result<bool, TemplateError> {
    let env = environment();
    let expression = compile(&env, text)?;
    let value = expression
        .eval(Serde(values))
        .map_err(|error| TemplateError::Render(describe(&error)))?;
    if value.is_undefined() {
        let detail = "it asks for what is not there".to_owned();
        return Err(TemplateError::Render(detail));
    }
    Ok(value.is_true())
}

fn compile<'e>(
    env: &'e Environment<'_>,
    text: &'e str,
) -> Result<Expression<'e, 'e>, TemplateError> {
    if text.len() > LONGEST {
        let detail = format!("is longer than {LONGEST} bytes");
        return Err(TemplateError::Malformed(detail));
    }
    env.compile_expression(text)
        .map_err(|error| TemplateError::Malformed(describe(&error)))
}

fn environment() -> Environment<'static> {
    use minijinja::{filters, tests};
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.add_filter("lower", filters::lower);
    env.add_filter("upper", filters::upper);
    env.add_filter("trim", filters::trim);
    env.add_filter("length", filters::length);
    env.add_filter("int", filters::int);
    env.add_test("defined", tests::is_defined);
    env.add_test("startingwith", tests::is_startingwith);
    env.add_test("endingwith", tests::is_endingwith);
    env
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_hold_or_not() {
        let values = json!({
            "env": "prod", "count": 3, "on": true,
            "steps": {"check": {"exit_code": 0, "stdout": "Ready now", "status": "succeeded"}},
        });
        for (text, wanted) in [
            ("env == 'prod'", true),
            ("env == 'prod' and count > 3", false),
            ("not on or count in [1, 3]", true),
            ("env in ['dev', 'test']", false),
            ("'Ready' in steps.check.stdout", true),
            ("steps.check.stdout | lower is startingwith 'ready'", true),
            (
                "steps.check.exit_code == 0 and steps['check'].status == 'succeeded'",
                true,
            ),
            ("missing is defined", false),
            ("''", false),
        ] {
            let holds = holds(text, values.as_object().unwrap());
            assert_eq!(holds.ok(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_or_asks_for_nothing_is_an_error() {
        let values = json!({"env": "prod"});
        for text in [
            "",
            "env =",
            "a b",
            "missing",
            "missing == 1",
            "env.x.y == 1",
            "f(1)",
        ] {
            assert!(holds(text, values.as_object().unwrap()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_condition_tells_what_it_asks_for() {
        let found = names("steps.check.stdout == who and not flag").unwrap();
        assert_eq!(
            found,
            ["flag", "steps.check.stdout", "who"]
                .map(str::to_owned)
                .into()
        );
    }

    #[test]
    fn a_condition_of_any_depth_is_judged_or_refused() {
        for (piece, end) in [
            ("1+", "1"),
            ("(", "1"),
            ("not ", "1"),
            ("[", ""),
            ("1 and ", "1"),
        ] {
            let longest = format!("{}{end}", piece.repeat((LONGEST - 1) / piece.len()));
            let _judged = holds(&longest, &serde_json::Map::new());
            let longer = format!("{longest}{longest}");
            assert!(holds(&longer, &serde_json::Map::new()).is_err(), "{piece}");
        }
    }
}
