//! Filters over targets, such as `protocol = ssh and (tag:role = web or name ~ db)`.
//!
//! ```text
//! any     = all { "or" all }
//! all     = one { "and" one }
//! one     = "not" one | "(" any ")" | FIELD ( "=" | "!=" | "~" ) VALUE | FIELD "in" "(" VALUE { "," VALUE } ")"
//! FIELD   = "name" | "hostname" | "protocol" | "port" | "tag" | "tag:" KEY
//! ```
//! `~` means "contains". `tag` is a whole label, `tag:KEY` what follows the key. A value with spaces
//! is quoted.

mod words;

use std::iter::Peekable;
use std::vec::IntoIter;

use self::words::{Word, words};

/// Longest filter, in bytes.
pub const LONGEST: usize = 2000;
/// Deepest nesting: the reader goes as deep.
const DEEPEST: usize = 50;

/// What is wrong with a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail} at character {at}")]
pub struct FilterError {
    /// Character at which it is, from 1.
    pub at: usize,
    /// What is wrong.
    pub detail: String,
}

/// What can be asked of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// Its name.
    Name,
    /// Its host name or address.
    Hostname,
    /// `ssh`, `winrm` or `http`.
    Protocol,
    /// Its port.
    Port,
    /// A whole label.
    Tag,
    /// What follows `KEY:` in a label.
    TagOf(String),
}

/// A condition that a target meets or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All of them hold; none: always.
    All(Vec<Filter>),
    /// One of them holds.
    Any(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// The field is one of these.
    Is(Field, Vec<String>),
    /// The field contains this, whatever its case.
    Contains(Field, String),
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let end = text.chars().count().saturating_add(1);
        if text.len() > LONGEST {
            let detail = format!("is longer than {LONGEST} bytes");
            return Err(FilterError { at: 1, detail });
        }
        let mut parser = Parser {
            words: words(text)?.into_iter().peekable(),
            end,
        };
        let filter = parser.any(0)?;
        match parser.words.next() {
            None => Ok(filter),
            Some((at, word)) => Err(fault(at, format!("{word} is too much"))),
        }
    }

    /// Reads labels that a target has, or with `!` before them has not.
    ///
    /// # Errors
    /// The place of a label that cannot be one, and why.
    pub fn of_tags(tags: &[String]) -> Result<Self, (usize, &'static str)> {
        let one = |(at, tag): (usize, &String)| {
            let plain = tag.strip_prefix('!').unwrap_or(tag);
            if plain.is_empty() || plain.len() > 100 || plain.contains(['\0', '!']) {
                return Err((at, "must be a label such as role:web, or !role:web"));
            }
            let has = Self::Is(Field::Tag, vec![plain.to_owned()]);
            Ok(if tag.starts_with('!') {
                Self::Not(Box::new(has))
            } else {
                has
            })
        };
        Ok(Self::All(
            tags.iter().enumerate().map(one).collect::<Result<_, _>>()?,
        ))
    }
}

fn fault(at: usize, detail: impl Into<String>) -> FilterError {
    FilterError {
        at,
        detail: detail.into(),
    }
}

struct Parser {
    words: Peekable<IntoIter<(usize, Word)>>,
    end: usize,
}

impl Parser {
    fn any(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let first = self.all(depth)?;
        let mut all = vec![first];
        while self.skips(&Word::plain("or")) {
            all.push(self.all(depth)?);
        }
        Ok(single(all, Filter::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let first = self.one(depth)?;
        let mut all = vec![first];
        while self.skips(&Word::plain("and")) {
            all.push(self.one(depth)?);
        }
        Ok(single(all, Filter::All))
    }

    fn one(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let (at, word) = self.next("a field, not or (")?;
        if depth >= DEEPEST {
            return Err(fault(at, format!("is nested deeper than {DEEPEST}")));
        }
        match word {
            Word::Sign("(") => {
                let inner = self.any(depth.saturating_add(1))?;
                self.expect(")")?;
                Ok(inner)
            }
            Word::Plain(word) if word == "not" => {
                Ok(Filter::Not(Box::new(self.one(depth.saturating_add(1))?)))
            }
            Word::Plain(word) => self.comparison(at, &word),
            Word::Sign(_) | Word::Quoted(_) => {
                Err(fault(at, format!("{word} is no field, not or (")))
            }
        }
    }

    fn comparison(&mut self, at: usize, name: &str) -> Result<Filter, FilterError> {
        let field = field(at, name)?;
        let (at, word) = self.next("=, !=, ~ or in")?;
        match word {
            Word::Sign("=") => Ok(Filter::Is(field.clone(), vec![self.value(&field)?])),
            Word::Sign("!=") => {
                let is = Filter::Is(field.clone(), vec![self.value(&field)?]);
                Ok(Filter::Not(Box::new(is)))
            }
            Word::Sign("~") if field == Field::Port => {
                Err(fault(at, "a port can only be compared by =, != or in"))
            }
            Word::Sign("~") => Ok(Filter::Contains(field.clone(), self.value(&Field::Name)?)),
            Word::Plain(word) if word == "in" => {
                self.expect("(")?;
                let mut values = vec![self.value(&field)?];
                while self.skips(&Word::Sign(",")) {
                    values.push(self.value(&field)?);
                }
                self.expect(")")?;
                Ok(Filter::Is(field, values))
            }
            Word::Sign(_) | Word::Plain(_) | Word::Quoted(_) => {
                Err(fault(at, format!("{word} is none of =, !=, ~ or in")))
            }
        }
    }

    fn value(&mut self, field: &Field) -> Result<String, FilterError> {
        let (at, word) = self.next("a value")?;
        let value = match word {
            Word::Plain(value) | Word::Quoted(value) => value,
            Word::Sign(sign) => return Err(fault(at, format!("{sign} is no value"))),
        };
        let wrong = match field {
            Field::Port => value
                .parse::<u16>()
                .is_err()
                .then_some("a port is a number from 1 to 65535"),
            Field::Protocol => (!["ssh", "winrm", "http"].contains(&value.as_str()))
                .then_some("a protocol is ssh, winrm or http"),
            Field::Name | Field::Hostname | Field::Tag | Field::TagOf(_) => None,
        };
        wrong.map_or(Ok(value), |detail| Err(fault(at, detail)))
    }

    fn next(&mut self, wanted: &str) -> Result<(usize, Word), FilterError> {
        let end = self.end;
        self.words
            .next()
            .ok_or_else(|| fault(end, format!("{wanted} is missing")))
    }

    fn skips(&mut self, wanted: &Word) -> bool {
        self.words.next_if(|(_, word)| word == wanted).is_some()
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), FilterError> {
        match self.next(sign)? {
            (_, Word::Sign(found)) if found == sign => Ok(()),
            (at, word) => Err(fault(at, format!("{word} stands where {sign} is needed"))),
        }
    }
}

fn single(mut all: Vec<Filter>, many: impl Fn(Vec<Filter>) -> Filter) -> Filter {
    if all.len() > 1 {
        return many(all);
    }
    all.pop().unwrap_or(Filter::All(Vec::new()))
}

fn field(at: usize, name: &str) -> Result<Field, FilterError> {
    match name {
        "name" => Ok(Field::Name),
        "hostname" => Ok(Field::Hostname),
        "protocol" => Ok(Field::Protocol),
        "port" => Ok(Field::Port),
        "tag" => Ok(Field::Tag),
        other => match other.strip_prefix("tag:") {
            Some(key) if !key.is_empty() => Ok(Field::TagOf(key.to_owned())),
            Some(_) | None => {
                let known = "name, hostname, protocol, port, tag, tag:KEY";
                Err(fault(at, format!("{name} is no field; known: {known}")))
            }
        },
    }
}

#[cfg(test)]
mod tests;
