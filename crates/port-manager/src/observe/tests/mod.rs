//! Facts about scans, on a folder laid out like /proc and on this machine's own.

mod fake;
mod fields;
mod here;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::*;
use fake::{ESTABLISHED, FakeProc, LISTEN, SYN_RECEIVED, TIME_WAIT, endpoint, listen, row};

fn sole_owner(fake: &FakeProc) -> Option<Owner> {
    let listeners = fake.scan().listeners;
    assert_eq!(listeners.len(), 1);
    listeners[0].owner.clone()
}

#[test]
fn listeners_come_in_order_of_port_and_address() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("127.0.0.2:8002", 1), listen("0.0.0.0:8001", 2)]);
    fake.tcp6(&[
        listen("[::1]:8002", 3),
        listen("[::ffff:127.0.0.1]:8002", 4),
    ]);
    let snapshot = fake.scan();
    let found: Vec<String> = snapshot
        .listeners
        .iter()
        .map(|it| format!("{} {} {}", it.address, it.port, it.inode))
        .collect();
    assert_eq!(
        found,
        [
            "0.0.0.0 8001 2",
            "127.0.0.1 8002 4",
            "127.0.0.2 8002 1",
            "::1 8002 3"
        ]
    );
    assert_eq!(snapshot.held_by(8001), &snapshot.listeners[..1]);
    assert_eq!(snapshot.held_by(8002), &snapshot.listeners[1..]);
    assert_eq!(snapshot.held_by(8000), []);
    assert_eq!(snapshot.held_by(8003), []);
}

#[test]
fn sockets_that_share_a_port_are_counted_once_each() {
    let fake = FakeProc::new();
    let first = listen("0.0.0.0:8000", 71);
    // A row can come twice when the kernel's list changes between two reads.
    fake.tcp(&[
        listen("0.0.0.0:8000", 72),
        first.clone(),
        first,
        listen("127.0.0.1:8001", 73),
    ]);
    fake.process(10, "first", 100, &[71]);
    fake.process(11, "second", 200, &[72]);
    let snapshot = fake.scan();
    let shared = &snapshot.held_by(8000)[0];
    assert_eq!((shared.sockets, shared.inode), (2, 71));
    let owner = shared.owner.as_ref().unwrap();
    assert_eq!((owner.pid, owner.others), (10, 1));
    assert_eq!(snapshot.held_by(8001)[0].sockets, 1);
}

#[test]
fn a_lone_ipv6_wildcard_is_taken_for_dual_stack() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8001", 1), listen("127.0.0.1:8002", 2)]);
    fake.tcp6(&[
        listen("[::]:8000", 3),
        listen("[::]:8001", 4),
        listen("[::]:8002", 5),
        listen("[::1]:8003", 6),
    ]);
    let snapshot = fake.scan();
    for (port, dual_stack) in [(8000, true), (8001, false), (8002, false), (8003, false)] {
        let on_ipv6 = snapshot.held_by(port).last().unwrap();
        assert_eq!(on_ipv6.dual_stack, dual_stack, "{port}");
    }
}

#[test]
fn a_wildcard_covers_the_addresses_of_its_family() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8001", 1), listen("127.0.0.1:8002", 2)]);
    fake.tcp6(&[listen("[::]:8000", 3), listen("[::]:8001", 4)]);
    let snapshot = fake.scan();
    let ipv4 = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let other_ipv4 = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    let ipv6 = IpAddr::V6(Ipv6Addr::LOCALHOST);
    for (listener, covered) in [
        (&snapshot.held_by(8000)[0], [true, true, true]),
        (&snapshot.held_by(8001)[0], [true, true, false]),
        (&snapshot.held_by(8001)[1], [false, false, true]),
        (&snapshot.held_by(8002)[0], [true, false, false]),
    ] {
        let covers = [ipv4, other_ipv4, ipv6].map(|address| listener.covers(address));
        assert_eq!(covers, covered, "{listener:?}");
    }
}

#[test]
fn only_connections_that_no_listener_took_are_outgoing() {
    let fake = FakeProc::new();
    fake.tcp(&[
        listen("127.0.0.1:8000", 1),
        row("127.0.0.1:8000", "127.0.0.1:40001", ESTABLISHED, 2),
        row("127.0.0.1:8000", "127.0.0.1:40002", SYN_RECEIVED, 0),
        row("127.0.0.1:40001", "127.0.0.1:8000", ESTABLISHED, 3),
        row("127.0.0.1:40000", "192.0.2.1:443", TIME_WAIT, 0),
        row("127.0.0.2:8000", "192.0.2.1:443", ESTABLISHED, 4),
    ]);
    fake.tcp6(&[
        listen("[::]:8001", 5),
        row(
            "[::ffff:192.0.2.9]:8001",
            "[::ffff:192.0.2.1]:50000",
            ESTABLISHED,
            6,
        ),
        row("[::1]:8001", "[::1]:50001", ESTABLISHED, 7),
        row("[::1]:50001", "[::1]:8001", ESTABLISHED, 8),
    ]);
    let snapshot = fake.scan();
    let locals: Vec<String> = snapshot
        .outgoing
        .iter()
        .map(|it| it.local.to_string())
        .collect();
    assert_eq!(locals, ["127.0.0.2:8000", "127.0.0.1:40001", "[::1]:50001"]);
    assert!(snapshot.outgoing_from(40000).is_empty(), "it is over");
    let remotes = snapshot.outgoing_from(40001).iter().map(|it| it.remote);
    assert_eq!(remotes.collect::<Vec<_>>(), [endpoint("127.0.0.1:8000")]);
}

#[test]
fn the_oldest_process_that_shares_a_socket_owns_it() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8000", 71)]);
    fake.process(9, "worker", 300, &[71, 71]);
    fake.process(20, "server", 250, &[5, 71]);
    fake.process(21, "worker", 300, &[71]);
    fake.process(8, "bystander", 1, &[70]);
    let owner = sole_owner(&fake).unwrap();
    assert_eq!((owner.pid, owner.others), (20, 2));
    assert_eq!(owner.program, "server");
    // The boot time of the fake plus 2.5 s.
    assert_eq!(owner.started_at.timestamp_millis(), 1_700_000_002_500);
}

#[test]
fn a_name_with_parentheses_and_blanks_does_not_shift_the_start() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8000", 71)]);
    fake.process(20, "a) R 1 (b 7 ) c", 250, &[71]);
    let owner = sole_owner(&fake).unwrap();
    assert_eq!(owner.program, "a) R 1 (b 7 ) c");
    assert_eq!(owner.started_at.timestamp_millis(), 1_700_000_002_500);
}

#[test]
fn a_program_is_called_by_its_file_and_else_by_itself() {
    for (exe, program) in [
        (Some("/usr/sbin/nginx"), "nginx"),
        (Some("/opt/app server (deleted)"), "app server"),
        (Some("/opt/évil\u{202e}\u{1b}[31m\u{0085}"), "évil??[31m?"),
        (None, "own?name"),
    ] {
        let fake = FakeProc::new();
        fake.tcp(&[listen("0.0.0.0:8000", 71)]);
        fake.process(20, "own\u{7}name", 250, &[71]);
        fake.exe(20, exe);
        assert_eq!(sole_owner(&fake).unwrap().program, program, "{exe:?}");
    }
}

#[test]
fn a_long_name_is_cut_after_64_characters() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8000", 71)]);
    fake.process(20, "short", 250, &[71]);
    fake.exe(20, Some(&format!("/opt/{}", "ä".repeat(70))));
    assert_eq!(sole_owner(&fake).unwrap().program, "ä".repeat(64));
}

#[test]
fn a_listener_whose_process_is_hidden_has_no_owner() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8000", 71)]);
    fake.process(20, "bystander", 250, &[72]);
    fake.hide_files(fake.process(21, "hidden", 250, &[71]));
    assert_eq!(sole_owner(&fake), None);
    assert_eq!(fake.scan().listeners[0].uid, 1000);
}

#[test]
fn a_process_that_ends_meanwhile_is_skipped() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8000", 71)]);
    fake.end(fake.process(20, "parent", 250, &[71]));
    assert_eq!(sole_owner(&fake), None);
    fake.process(21, "child", 300, &[71]);
    let owner = sole_owner(&fake).unwrap();
    assert_eq!((owner.pid, owner.others), (21, 0));
}

#[test]
fn a_machine_without_ipv6_is_scanned() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8000", 71)]);
    assert_eq!(fake.scan().listeners.len(), 1);
}

#[test]
fn a_folder_without_sockets_cannot_be_scanned() {
    let fake = FakeProc::new();
    let error = fake.proc().scan().unwrap_err();
    assert!(error.to_string().ends_with("/net/tcp"), "{error}");
}

#[test]
fn unreadable_lines_hide_no_others() {
    let fake = FakeProc::new();
    fake.tcp(&[
        "  0: nonsense".to_owned(),
        "\u{fffd}\u{0}".to_owned(),
        row("127.0.0.1:7000", "0.0.0.0:0", LISTEN, 3).replace("1000", "nobody"),
        listen("0.0.0.0:8000", 71),
        listen("0.0.0.0:8001", 72).split_at(40).0.to_owned(),
    ]);
    let listeners = fake.scan().listeners;
    assert_eq!(listeners.len(), 1);
    assert_eq!(listeners[0].port, 8000);
}

#[test]
fn the_kernels_rules_are_read() {
    let fake = FakeProc::new();
    fake.tcp(&[]);
    fake.setting("ip_local_port_range", "20000\t30000\n");
    fake.setting("ip_local_reserved_ports", "8080,20000-20010\n");
    fake.setting("ip_unprivileged_port_start", "80\n");
    let kernel = fake.scan().kernel;
    assert_eq!(kernel.ephemeral, 20000..=30000);
    assert_eq!(kernel.reserved, [8080..=8080, 20000..=20010]);
    assert_eq!(kernel.unprivileged_from, 80);
    for (port, hands_out) in [
        (8080, false),
        (19999, false),
        (20010, false),
        (20011, true),
        (30000, true),
        (30001, false),
    ] {
        assert_eq!(kernel.hands_out(port), hands_out, "{port}");
    }
}

#[test]
fn listeners_of_other_network_namespaces_are_apart() {
    let fake = FakeProc::new();
    fake.tcp(&[listen("0.0.0.0:8000", 1)]);
    fake.namespace(None, "100", &[]);
    let inside = [listen("0.0.0.0:80", 2)];
    let pid = fake.process(40, "web", 9, &[2]);
    fake.namespace(Some(pid), "200", &inside);
    let worker = fake.process(41, "web", 10, &[2]);
    fake.namespace(Some(worker), "200", &inside);
    let ours = fake.process(42, "api", 11, &[1]);
    fake.namespace(Some(ours), "100", &[listen("0.0.0.0:9999", 3)]);
    let snapshot = fake.scan();
    assert_eq!(snapshot.held_by(80), []);
    assert_eq!(snapshot.held_by(8000).len(), 1);
    let [hidden] = snapshot.hidden.as_slice() else {
        panic!("{:?}", snapshot.hidden);
    };
    let owner = hidden.owner.as_ref().unwrap();
    assert_eq!((hidden.port, owner.pid, owner.others), (80, 40, 1));
}

#[test]
fn rules_that_are_missing_or_unclear_are_the_kernels_defaults() {
    let fake = FakeProc::new();
    fake.tcp(&[]);
    assert_eq!(fake.scan().kernel, KernelPorts::default());
    fake.setting("ip_local_port_range", "30000\t20000\n");
    fake.setting("ip_local_reserved_ports", "\n");
    fake.setting("ip_unprivileged_port_start", "no number\n");
    assert_eq!(fake.scan().kernel, KernelPorts::default());
}
