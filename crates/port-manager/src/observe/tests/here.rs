//! Facts about the /proc of the machine that runs the tests.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};

use super::{Outgoing, Owner, Proc, Snapshot};

/// A child process that ends with its test.
struct Holder(Child);

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts a process whose standard input is the socket.
fn hand_over(socket: OwnedFd) -> Holder {
    let mut command = Command::new("sleep");
    Holder(command.arg("60").stdin(socket).spawn().unwrap())
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn scan() -> Snapshot {
    Proc::system().scan().unwrap()
}

fn owner_of(port: u16) -> Owner {
    scan().held_by(port)[0].owner.clone().unwrap()
}

#[test]
fn our_own_listener_is_found_with_our_process() {
    let (_listener, address) = listener();
    let snapshot = scan();
    let [found] = snapshot.held_by(address.port()) else {
        panic!("{:?}", snapshot.listeners);
    };
    assert_eq!(found.address, address.ip());
    assert_eq!((found.sockets, found.dual_stack), (1, false));
    let owner = found.owner.as_ref().unwrap();
    let program = std::env::current_exe().unwrap();
    let program = program.file_name().unwrap().to_str().unwrap();
    assert!(program.starts_with(&owner.program), "{owner:?}");
    assert_eq!((owner.pid, owner.others), (std::process::id(), 0));
}

#[test]
fn our_process_has_started_in_the_last_hour() {
    let (_listener, address) = listener();
    let folder = tempfile::tempdir().unwrap();
    let created_at = folder.path().metadata().unwrap().modified().unwrap();
    let age = chrono::DateTime::from(created_at) - owner_of(address.port()).started_at;
    // The boot time has no fractions of a second.
    assert!((-2..3600).contains(&age.num_seconds()), "{age}");
}

#[test]
fn a_socket_that_a_child_shares_is_ours_and_one_that_it_got_is_its_own() {
    let (listener, address) = listener();
    let child = hand_over(listener.try_clone().unwrap().into());
    let owner = owner_of(address.port());
    assert_eq!((owner.pid, owner.others), (std::process::id(), 1));
    drop(listener);
    let owner = owner_of(address.port());
    assert_eq!((owner.pid, owner.others), (child.0.id(), 0));
}

#[test]
fn a_closed_listener_is_gone() {
    let (listener, address) = listener();
    let inode = scan().held_by(address.port())[0].inode;
    drop(listener);
    let snapshot = scan();
    assert!(snapshot.listeners.iter().all(|it| it.inode != inode));
}

#[test]
fn our_connection_is_outgoing_at_its_own_end_only() {
    let (_listener, address) = listener();
    let stream = TcpStream::connect(address).unwrap();
    let local = stream.local_addr().unwrap();
    let snapshot = scan();
    let ours = Outgoing {
        local,
        remote: address,
    };
    assert!(snapshot.outgoing_from(local.port()).contains(&ours));
    assert!(snapshot.outgoing.iter().all(|it| it.local != address));
}

#[test]
fn the_port_that_a_connection_was_given_is_one_the_kernel_hands_out() {
    let (_listener, address) = listener();
    let stream = TcpStream::connect(address).unwrap();
    let port = stream.local_addr().unwrap().port();
    assert!(scan().kernel.hands_out(port));
}
