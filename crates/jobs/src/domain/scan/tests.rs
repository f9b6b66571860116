use runlog::Gap;

use super::*;

fn wish(from_line: i64, lines: usize) -> Wish {
    Wish {
        from_line,
        lines,
        stream: None,
        query: None,
    }
}

/// Scans pieces `(stream, bytes)`; `(None, bytes)` are missing.
fn scan(wish: &Wish, pieces: &[(Option<Stream>, &str)]) -> Found {
    let mut place = Mark::default();
    let mut marks = vec![place];
    for (_, text) in pieces {
        place.bytes += u64::try_from(text.len()).unwrap();
        place.lines += runlog::line_ends(text.as_bytes());
        marks.push(place);
    }
    let mut scan = Scan::new(wish, place).unwrap();
    for ((stream, text), start) in pieces.iter().zip(marks) {
        let piece = match stream {
            Some(stream) => Piece::Frame(Frame {
                start,
                at_ms: 1,
                stream: *stream,
                bytes: text.as_bytes(),
            }),
            None => Piece::Gap(Gap {
                start,
                bytes: u64::try_from(text.len()).unwrap(),
                lines: runlog::line_ends(text.as_bytes()),
            }),
        };
        assert!(scan.take(piece).is_continue());
    }
    scan.finish()
}

fn texts(found: &Found) -> Vec<(u64, &str)> {
    let lines = found.lines.iter();
    lines
        .map(|line| (line.number, line.text.as_str()))
        .collect()
}

const OUT: Option<Stream> = Some(Stream::Stdout);
const ERR: Option<Stream> = Some(Stream::Stderr);

const MIXED: [(Option<Stream>, &str); 5] = [
    (OUT, "one\ntw"),
    (ERR, "trouble\nand"),
    (OUT, "o\nthree\nfour\nfi"),
    (ERR, " more\n"),
    (OUT, "ve"),
];

#[test]
fn lines_are_put_together_and_numbered_by_their_ends() {
    let found = scan(&wish(1, 100), &MIXED);
    let expected = [
        (1, "one"),
        (2, "trouble"),
        (3, "two"),
        (4, "three"),
        (5, "four"),
        (6, "and more"),
        (7, "five"),
    ];
    assert_eq!(texts(&found), expected);
    assert_eq!(found.next_line, None);
    let open: Vec<bool> = found.lines.iter().map(|line| line.open).collect();
    assert_eq!(open, [false, false, false, false, false, false, true]);
    let stderr = Wish {
        stream: ERR,
        ..wish(1, 100)
    };
    let found = scan(&stderr, &MIXED);
    assert_eq!(texts(&found), [(2, "trouble"), (6, "and more")]);
}

#[test]
fn pages_follow_each_other_without_gap_or_repeat() {
    let all = scan(&wish(1, 100), &MIXED).lines;
    for size in 1..8 {
        let mut from = Some(1_u64);
        let mut read = Vec::new();
        while let Some(line) = from {
            let found = scan(&wish(i64::try_from(line).unwrap(), size), &MIXED);
            assert!(found.lines.len() <= size);
            read.extend(found.lines);
            from = found.next_line;
        }
        assert_eq!(read, all, "{size}");
    }
    assert_eq!(texts(&scan(&wish(-2, 100), &MIXED))[0], (5, "four"));
    assert_eq!(scan(&wish(-99, 1), &MIXED).lines[0].number, 1);
}

#[test]
fn a_text_is_found_in_whatever_case_and_stream() {
    let query = |query: &str, lines| Wish {
        query: Some(query.to_owned()),
        ..wish(1, lines)
    };
    let found = scan(&query("O", 100), &MIXED);
    assert_eq!(
        texts(&found),
        [
            (1, "one"),
            (2, "trouble"),
            (3, "two"),
            (5, "four"),
            (6, "and more")
        ]
    );
    let found = scan(&query("o", 3), &MIXED);
    assert_eq!((found.lines.len(), found.next_line), (3, Some(5)));
    assert!(scan(&query(".*", 3), &MIXED).lines.is_empty());
    let found = scan(&query("ÄÖ", 3), &[(OUT, "x\nsagt äö\ny\n")]);
    assert_eq!(texts(&found), [(2, "sagt äö")]);
}

#[test]
fn what_is_missing_is_told_and_cuts_its_neighbours() {
    let pieces = [
        (OUT, "one\ntwo"),
        (None, "\nthree\nfo"),
        (OUT, "ur\nfive\n"),
    ];
    let found = scan(&wish(1, 100), &pieces);
    assert_eq!(
        texts(&found),
        [(1, "one"), (2, "two"), (4, "ur"), (5, "five")]
    );
    let cut: Vec<bool> = found.lines.iter().map(|line| line.cut).collect();
    assert_eq!(cut, [false, true, true, false]);
    let dropped = Dropped {
        after_line: 1,
        bytes: 9,
        lines: 2,
    };
    assert_eq!(found.dropped, [dropped]);
}
