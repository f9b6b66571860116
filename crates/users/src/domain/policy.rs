//! Which passwords are accepted: long ones that are not made of what everybody tries first.

use std::sync::LazyLock;

use common::problem::FieldError;
use common::secret::Secret;

/// Least and largest length, in characters.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;
/// A password must take more guesses than so few parts.
const MIN_PARTS: usize = 5;
/// Digits that people add as one thing, such as a year.
const DIGITS_IN_A_PART: usize = 4;
/// Shortest run of one character, or of neighbours like `abc`, that counts as one part.
const MIN_RUN: usize = 3;

/// Words of well-known passwords and of this product, in lower case.
static WORDS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let words = include_str!("common_words.txt").split_whitespace();
    words.map(|word| word.chars().collect()).collect()
});

/// Takes a new password of the person `username`, which came in the field `field`.
///
/// A password is divided into as few parts as possible: a well-known word or the username, also
/// with digits for letters, a run like `aaa` or `456`, up to four digits, or any one character.
/// One of fewer than five parts is among the first that anybody tries.
///
/// # Errors
/// A fault of the field.
pub fn accept(
    field: &'static str,
    password: Secret<String>,
    username: &str,
) -> Result<Secret<String>, FieldError> {
    let length = password.expose().chars().count();
    if length < *LENGTH.start() {
        let detail = "must have at least 12 characters; a few unrelated words are good";
        return Err(FieldError::new(field, "too_short", detail));
    }
    if length > *LENGTH.end() {
        let detail = "must have at most 128 characters";
        return Err(FieldError::new(field, "too_long", detail));
    }
    if parts(password.expose(), username) < MIN_PARTS {
        let detail = "is too easy to guess: it is made of well-known words, names or sequences";
        return Err(FieldError::new(field, "too_common", detail));
    }
    Ok(password)
}

/// The least number of parts that the password can be divided into.
fn parts(password: &str, username: &str) -> usize {
    let text: Vec<char> = password.to_lowercase().chars().collect();
    let name: Vec<char> = username.to_lowercase().chars().collect();
    // Parts of what follows each position; from the end of the text to its start.
    let mut least = vec![0_usize];
    for start in (0..text.len()).rev() {
        let tail = text.get(start..).unwrap_or_default();
        let words = WORDS.iter().chain(std::iter::once(&name));
        let known = words.filter(|word| is_prefix(word, tail)).map(Vec::len);
        let after = |length: usize| least.get(least.len().checked_sub(length)?).copied();
        let best = known
            .chain([1, run(tail), digits(&text, start)])
            .filter(|length| *length > 0)
            .filter_map(after)
            .min();
        least.push(best.unwrap_or(0) + 1);
    }
    least.pop().unwrap_or(0)
}

/// Whether the text starts with the word, perhaps with digits and signs for letters.
fn is_prefix(word: &[char], text: &[char]) -> bool {
    !word.is_empty()
        && word.len() <= text.len()
        && word.iter().zip(text).all(|(word, c)| stands_for(*c, *word))
}

fn stands_for(c: char, letter: char) -> bool {
    c == letter
        || match c {
            '0' => letter == 'o',
            '1' | '!' => letter == 'i' || letter == 'l',
            '3' => letter == 'e',
            '4' | '@' => letter == 'a',
            '5' | '$' => letter == 's',
            '7' => letter == 't',
            '8' => letter == 'b',
            _ => false,
        }
}

/// Length of the run of equal or neighbouring characters at the start; 0 if it is too short.
fn run(text: &[char]) -> usize {
    let step = |pair: &[char]| match pair {
        [a, b] => i64::from(u32::from(*b)) - i64::from(u32::from(*a)),
        _ => i64::MAX,
    };
    let mut steps = text.windows(2).map(step);
    let Some(first @ -1..=1) = steps.next() else {
        return 0;
    };
    let length = 2 + steps.take_while(|next| *next == first).count();
    if length < MIN_RUN { 0 } else { length }
}

/// Number of digits from `start` on, as many as make one part; 0 within a row of digits, which
/// is divided into its digits.
fn digits(text: &[char], start: usize) -> usize {
    let mut before = text.iter().take(start);
    if before.next_back().is_some_and(char::is_ascii_digit) {
        return 0;
    }
    let digits = text.iter().skip(start).take_while(|c| c.is_ascii_digit());
    digits.take(DIGITS_IN_A_PART).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_unusual_passwords_are_accepted() {
        for good in [
            "correct-horse-battery",
            "violet kettle argues softly",
            "Xk3!vq9Lw2#z",
            "8392 0174 5512",
            "830174629558",
            "monkey dragon sunshine princess",
            "пароль длинный как река",
            "鯨は夜の海を静かに泳いでいく",
            "🦀🦀 over 🌊🌊 and 🌋🌋",
            &"lang und laenger ".repeat(7),
        ] {
            let taken = accept("password", Secret::new(good.to_owned()), "ana");
            assert!(taken.is_ok(), "{good}");
        }
    }

    #[test]
    fn short_long_and_common_passwords_are_refused() {
        let long = "xk ".repeat(43);
        for (bad, code) in [
            ("", "too_short"),
            ("Xk3!vq9Lw2#", "too_short"),
            ("🦀🌊🌋🦀🌊🌋🦀🌊🌋🦀🌊", "too_short"),
            (long.as_str(), "too_long"),
            ("aaaaaaaaaaaa", "too_common"),
            ("123456789012", "too_common"),
            ("abcdefghijklm", "too_common"),
            ("abcabcabcabc", "too_common"),
            ("zyxwvutsrqponm", "too_common"),
            ("password1234", "too_common"),
            ("P@ssw0rd2026!", "too_common"),
            ("Passwordpassword", "too_common"),
            ("adminadmin123", "too_common"),
            ("admin123admin123", "too_common"),
            ("qwertyuiop12", "too_common"),
            ("1q2w3e4r5t6y", "too_common"),
            ("1qaz2wsx3edc", "too_common"),
            ("OpsConductor1!", "too_common"),
            ("itechsmart-2026", "too_common"),
            ("iloveyou!iloveyou", "too_common"),
            ("CorrectHorseBatteryStaple", "too_common"),
            ("Leopoldine-1987", "too_common"), // the username
            ("l3opoldin3 l3opoldin3", "too_common"),
        ] {
            let refused = accept("password", Secret::new(bad.to_owned()), "leopoldine");
            let fault = refused.err().unwrap_or_else(|| panic!("{bad} is accepted"));
            assert_eq!(
                (fault.field.as_str(), fault.code.as_str()),
                ("password", code),
                "{bad}"
            );
        }
    }
}
