//! Single fields, and whatever else could stand in their place.

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;

use super::super::kernel::{parse_bounds, parse_ranges};
use super::super::owners::{Holders, parse_boot_time, parse_start_ticks};
use super::super::sockets::{SocketTable, parse_endpoint};
use super::fake::{endpoint, in_hex};

/// Taken from an x86-64 machine: each word of 32 bits is reversed, the port is not.
#[cfg(target_endian = "little")]
#[test]
fn a_little_endian_kernel_prints_each_word_of_an_address_reversed() {
    for (text, expected) in [
        ("0100007F:1F90", "127.0.0.1:8080"),
        ("00000000:0050", "0.0.0.0:80"),
        ("FE01A8C0:FFFF", "192.168.1.254:65535"),
        ("00000000000000000000000000000000:1F90", "[::]:8080"),
        ("00000000000000000000000001000000:1F90", "[::1]:8080"),
        (
            "B80D0120000000000000000067452301:01BB",
            "[2001:db8::123:4567]:443",
        ),
        ("0000000000000000FFFF00000100007F:1F90", "127.0.0.1:8080"),
    ] {
        assert_eq!(parse_endpoint(text), Some(endpoint(expected)), "{text}");
    }
}

/// The same bytes in memory, printed by a kernel such as s390x has.
#[cfg(target_endian = "big")]
#[test]
fn a_big_endian_kernel_prints_an_address_in_order() {
    for (text, expected) in [
        ("7F000001:1F90", "127.0.0.1:8080"),
        ("00000000000000000000000000000001:1F90", "[::1]:8080"),
        ("00000000000000000000FFFF7F000001:1F90", "127.0.0.1:8080"),
    ] {
        assert_eq!(parse_endpoint(text), Some(endpoint(expected)), "{text}");
    }
}

#[test]
fn what_is_no_endpoint_is_refused() {
    for text in [
        "",
        ":",
        "local_address",
        "0100007F",
        "0100007F:",
        "0100007F:10000",
        "0100007:1F90",
        "0100007G:1F90",
        "äöüß:1F90",
        "0000000000000000FFFF00000100007:1F90",
    ] {
        assert_eq!(parse_endpoint(text), None, "{text:?}");
    }
}

#[test]
fn a_list_of_reserved_ports_has_single_ports_and_ranges() {
    for (text, expected) in [
        ("8080,9000-9010\n", vec![8080..=8080, 9000..=9010]),
        ("1-65535", vec![1..=65535]),
        ("\n", vec![]),
        ("", vec![]),
        (
            "8080,,x,9-8,70000,1-2-3,9000",
            vec![8080..=8080, 9000..=9000],
        ),
    ] {
        assert_eq!(parse_ranges(text), expected, "{text:?}");
    }
}

#[test]
fn bounds_are_two_numbers_in_order() {
    assert_eq!(parse_bounds("32768\t60999\n"), Some(32768..=60999));
    assert_eq!(parse_bounds("1024   1024"), Some(1024..=1024));
    for text in ["", "32768", "60999 32768", "1 2 3", "1 70000", "a b"] {
        assert_eq!(parse_bounds(text), None, "{text:?}");
    }
}

#[test]
fn the_start_of_a_process_is_field_22() {
    let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 250 20 21";
    for name in ["sh", "a b", "a) R 1 2", "((", "))", ""] {
        let stat = format!("77 ({name}) {rest}");
        assert_eq!(parse_start_ticks(&stat), Some(250), "{name:?}");
    }
    for stat in ["", "77 (sh", "77 (sh) S 1 2 3", "77 sh S"] {
        assert_eq!(parse_start_ticks(stat), None, "{stat:?}");
    }
}

#[test]
fn the_boot_time_is_found_among_other_counts() {
    assert_eq!(
        parse_boot_time("cpu 1\nbtime 1700000000\nx 1"),
        Some(1_700_000_000)
    );
    for stat in ["", "cpu 1\n", "btime \n", "btime soon"] {
        assert_eq!(parse_boot_time(stat), None, "{stat:?}");
    }
}

/// Text close to what the kernel prints, and any other.
fn garbage() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9A-F:, ()\t\n-]{0,200}", "(?s).{0,200}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_endpoint_is_read_as_it_was_printed(ip in any::<IpAddr>(), port in any::<u16>()) {
        let printed = in_hex(SocketAddr::new(ip, port));
        let expected = SocketAddr::new(ip.to_canonical(), port);
        prop_assert_eq!(parse_endpoint(&printed), Some(expected));
    }

    #[test]
    fn no_text_stops_a_scan(text in garbage(), fields in prop::collection::vec(garbage(), 12)) {
        let mut table = SocketTable::default();
        table.add(&text);
        table.add(&fields.join(" "));
        let listeners = table.listeners(&Holders::default());
        table.outgoing(&listeners);
        for range in parse_ranges(&text).into_iter().chain(parse_bounds(&text)) {
            prop_assert!(!range.is_empty());
        }
        let _ = (parse_start_ticks(&text), parse_boot_time(&text));
    }
}
