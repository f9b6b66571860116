use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use sha2::Digest as _;

use super::*;

fn through(redactor: &Redactor, chunks: &[&[u8]]) -> String {
    let mut stream = redactor.stream();
    let mut shown = Vec::new();
    for chunk in chunks {
        shown.extend(stream.push(chunk));
    }
    shown.extend(stream.finish());
    String::from_utf8_lossy(&shown).into_owned()
}

fn redactor(secrets: &[&str]) -> Redactor {
    Redactor::new(secrets.iter().map(|secret| secret.as_bytes())).unwrap()
}

#[test]
fn a_secret_is_replaced_at_every_offset_across_every_border() {
    let secret = "s3cr3t-Pa55";
    let redactor = redactor(&[secret]);
    for offset in 0..8 {
        let text = format!("{}{secret}{}", "a".repeat(offset), "b".repeat(3));
        for border in 0..=text.len() {
            let (one, two) = text.as_bytes().split_at(border);
            let shown = through(&redactor, &[one, two]);
            assert_eq!(
                shown,
                format!("{}***bbb", "a".repeat(offset)),
                "border {border}"
            );
        }
    }
}

#[test]
fn single_bytes_are_enough_to_find_it() {
    let text = b"user=root password=hunter2hunter2 done";
    let chunks: Vec<&[u8]> = text.chunks(1).collect();
    let shown = through(&redactor(&["hunter2hunter2"]), &chunks);
    assert_eq!(shown, "user=root password=*** done");
}

#[test]
fn a_prompt_is_shown_before_the_stream_ends() {
    let mut stream = redactor(&["hunter2hunter2"]).stream();
    assert_eq!(stream.push(b"Password: "), b"Password: ");
    assert_eq!(stream.push(b"hun"), b"");
    assert_eq!(stream.push(b"dred"), b"hundred");
}

#[test]
fn secrets_that_overlap_leave_nothing_behind() {
    assert_eq!(
        through(&redactor(&["abcdef", "defghi"]), &[b"x abcdefghi y"]),
        "x *** y"
    );
    let both = redactor(&["abcd", "abcdefgh"]);
    assert_eq!(through(&both, &[b"abcdef", b"gh!"]), "***!");
    assert_eq!(through(&both, &[b"abcdef", b"xx!"]), "***efxx!");
}

#[test]
fn every_encoded_form_is_found() {
    let secret = "pä$$ w/'rd\"\\!x";
    let redactor = redactor(&[secret]);
    let json = serde_json::Value::from(secret).to_string();
    let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
    for text in [
        secret.to_owned(),
        json,
        hex.to_uppercase(),
        hex,
        STANDARD.encode(secret),
        "p%C3%A4%24%24%20w%2F%27rd%22%5C%21x".to_owned(),
        "p%c3%a4%24%24+w%2f%27rd%22%5c%21x".to_owned(),
        "p%C3%A4%24%24%20w%2F'rd%22%5C!x".to_owned(),
        r#"p\u00e4$$ w/'rd\"\\!x"#.to_owned(),
        r#"'pä$$ w/'\''rd"\!x'"#.to_owned(),
        r#"pä\$\$ w/'rd\"\\!x"#.to_owned(),
    ] {
        let shown = through(&redactor, &[b"<", text.as_bytes(), b">"]);
        assert!(shown.contains("***"), "{text}: {shown}");
        assert!(shown.len() <= 8, "{text}: {shown}");
    }
}

#[test]
fn base64_is_found_at_all_three_alignments() {
    let secret = "correct horse battery";
    let redactor = redactor(&[secret]);
    for before in ["", "a", "ab", "abc"] {
        let text = STANDARD.encode(format!("{before}{secret} after"));
        let shown = through(&redactor, &[text.as_bytes()]);
        assert!(shown.contains("***"), "{text}: {shown}");
        assert!(shown.len() < 18, "{text}: {shown}");
    }
}

#[test]
fn a_key_is_found_line_by_line() {
    let key = "-----BEGIN KEY-----\nAAAAbbbbCCCC1111\nDDDDeeeeFFFF2222\n-----END KEY-----\n";
    let redactor = redactor(&[key]);
    assert_eq!(
        through(&redactor, &[b"| DDDDeeeeFFFF2222 |\n"]),
        "| *** |\n"
    );
    assert_eq!(
        through(&redactor, &[b"-----BEGIN KEY-----\r\nAAAAbbbbCCCC1111\r\n"]),
        "-----BEGIN KEY-----\r\n***\r\n"
    );
    assert_eq!(through(&redactor, &[key.as_bytes()]), "***");
}

#[test]
fn a_long_key_is_looked_for_at_a_modest_price() {
    let line = |n: u32| STANDARD.encode(sha2::Sha512::digest(n.to_le_bytes()));
    let lines: Vec<String> = (0..48).map(line).collect();
    let key = format!(
        "-----BEGIN KEY-----\n{}\n-----END KEY-----\n",
        lines.join("\n")
    );
    let redactor = redactor(&[&key]);
    let memory = redactor.0.as_ref().unwrap().automaton.memory_usage();
    assert!(memory < 16 << 20, "{memory} bytes");
    let shown = through(&redactor, &[STANDARD.encode(&key).as_bytes()]);
    assert!(shown.len() < 8, "{shown}");
}

#[test]
fn short_secrets_and_no_secrets_change_nothing() {
    assert_eq!(through(&redactor(&["abc"]), &[b"abc abc"]), "abc abc");
    assert_eq!(through(&redactor(&[]), &[b"abc", b" abc"]), "abc abc");
    assert_eq!(redactor(&["hunter2"]).text("it is hunter2"), "it is ***");
}

#[test]
fn nothing_prints_the_secrets() {
    let redactor = redactor(&["hunter2hunter2"]);
    let mut stream = redactor.stream();
    stream.push(b"hunter2");
    assert!(!format!("{redactor:?} {stream:?}").contains("hunter"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_output_contains_a_secret(
        secrets in prop::collection::vec("[abc]{4,9}", 1..4),
        text in "[abcd]{0,200}",
        sizes in prop::collection::vec(1_usize..12, 1..80),
    ) {
        let names: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let redactor = redactor(&names);
        let mut rest = text.as_bytes();
        let mut chunks = Vec::new();
        for size in sizes.iter().cycle() {
            if rest.is_empty() { break; }
            let (chunk, after) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk);
            rest = after;
        }
        let shown = through(&redactor, &chunks);
        for secret in &secrets {
            prop_assert!(!shown.contains(secret.as_str()), "{} in {}", secret, shown);
        }
        // The chunks make no difference.
        prop_assert_eq!(shown, through(&redactor, &[text.as_bytes()]));
    }
}
