//! The rows of /proc/net/tcp and tcp6.

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::owners::{Holders, Owner};

/// How the kernel writes the state of a socket that listens.
const LISTEN: &str = "0A";
/// States in which nobody is kept from listening: TIME_WAIT, CLOSE and a handshake that a listener
/// still owns (`include/net/tcp_states.h`).
const OVER: [&str; 3] = ["06", "07", "0C"];

/// A port that is listened on, at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Where it listens; an IPv4 address written as IPv6 is given as IPv4.
    pub address: IpAddr,
    /// The port it listens on.
    pub port: u16,
    /// Whether it is `[::]` and takes IPv4 as well, as far as can be known.
    ///
    /// /proc does not tell whether a socket is for IPv6 only. It is taken to be so exactly where
    /// another listener has the port on an IPv4 address, as the kernel would refuse both otherwise
    /// (unless both share the port by `SO_REUSEPORT`). A lone IPv6-only `[::]` looks dual.
    pub dual_stack: bool,
    /// How many sockets listen on this address and port.
    ///
    /// More than one share it by `SO_REUSEPORT`, which the kernel allows silently, or are tied to
    /// different network devices, which /proc does not show.
    pub sockets: u32,
    /// Number of the socket, the lowest where several listen.
    pub inode: u64,
    /// User that the socket belongs to.
    pub uid: u32,
    /// The process behind it; absent where it may not be seen.
    pub owner: Option<Owner>,
}

impl Listener {
    /// Whether it takes connections that are made to this address.
    #[must_use]
    pub fn covers(&self, address: IpAddr) -> bool {
        let same_family = self.address.is_ipv4() == address.is_ipv4();
        self.address == address || self.address.is_unspecified() && (same_family || self.dual_stack)
    }
}

/// A connection that holds its local port though no listener took it.
///
/// While it lasts, the kernel refuses a listener on that port at its local address and at all
/// addresses, `SO_REUSEADDR` or not; so it does for the minute after the connection was closed. A
/// connection that a listener took before the listener ended looks the same but hinders none;
/// [`hands_out`](super::KernelPorts::hands_out) tells most of them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Our end.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
}

/// What was read from the lists of sockets so far.
#[derive(Debug, Default)]
pub(super) struct SocketTable {
    /// Sockets that listen by port and address: their users by inode.
    ///
    /// The kernel can repeat a row when the list changes between two reads; the inode tells.
    listening: BTreeMap<(u16, IpAddr), BTreeMap<u64, u32>>,
    connections: Vec<Outgoing>,
}

impl SocketTable {
    /// Takes in the rows of one list; lines that are not rows are skipped.
    pub(super) fn add(&mut self, rows: &str) {
        for row in rows.lines().filter_map(Row::parse) {
            if row.listens {
                let place = (row.local.port(), row.local.ip());
                let sockets = self.listening.entry(place).or_default();
                sockets.insert(row.inode, row.uid);
            } else if !row.is_over {
                self.connections.push(Outgoing {
                    local: row.local,
                    remote: row.remote,
                });
            }
        }
    }

    /// The inodes of all sockets that listen.
    pub(super) fn inodes(&self) -> HashSet<u64> {
        let sockets = self.listening.values();
        sockets.flat_map(BTreeMap::keys).copied().collect()
    }

    /// All listeners in order of port and address.
    pub(super) fn listeners(&self, holders: &Holders) -> Vec<Listener> {
        let listener = |(&(port, address), sockets): (&(u16, IpAddr), &BTreeMap<u64, u32>)| {
            let (&inode, &uid) = sockets.first_key_value()?;
            Some(Listener {
                address,
                port,
                dual_stack: address == Ipv6Addr::UNSPECIFIED && !self.listens_on_ipv4(port),
                sockets: u32::try_from(sockets.len()).unwrap_or(u32::MAX),
                inode,
                uid,
                owner: holders.owner(sockets.keys()),
            })
        };
        self.listening.iter().filter_map(listener).collect()
    }

    fn listens_on_ipv4(&self, port: u16) -> bool {
        let lowest = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let highest = IpAddr::V4(Ipv4Addr::BROADCAST);
        let on_ipv4 = (port, lowest)..=(port, highest);
        self.listening.range(on_ipv4).next().is_some()
    }

    /// The connections that none of the listeners took, in order of local port.
    pub(super) fn outgoing(self, listeners: &[Listener]) -> Vec<Outgoing> {
        let mut outgoing = self.connections;
        outgoing.retain(|connection| {
            let local = connection.local;
            let on_port = super::run_of(listeners, local.port(), |listener| listener.port);
            !on_port.iter().any(|listener| listener.covers(local.ip()))
        });
        outgoing.sort_unstable_by_key(|it| (it.local.port(), it.local.ip(), it.remote));
        outgoing.dedup();
        outgoing
    }
}

/// One socket as /proc lists it.
struct Row {
    local: SocketAddr,
    remote: SocketAddr,
    listens: bool,
    is_over: bool,
    uid: u32,
    inode: u64,
}

impl Row {
    /// Fields: `sl local remote state queues timer retransmits uid timeout inode ...`.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let (local, remote) = (fields.next()?, fields.next()?);
        let state = fields.next()?;
        Some(Self {
            local: parse_endpoint(local)?,
            remote: parse_endpoint(remote)?,
            listens: state == LISTEN,
            is_over: OVER.contains(&state),
            uid: fields.nth(3)?.parse().ok()?,
            inode: fields.nth(1)?.parse().ok()?,
        })
    }
}

/// An address and port such as `0100007F:1F90`, which is 127.0.0.1:8080 on most machines.
///
/// The port is a plain number. The address is in words of 32 bits, each printed as the number that
/// its bytes make in memory: a little-endian machine shows them reversed, a big-endian one does not.
pub(super) fn parse_endpoint(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let address = match address.len() {
        8 => {
            let word = u32::from_str_radix(address, 16).ok()?;
            IpAddr::V4(Ipv4Addr::from(word.to_ne_bytes()))
        }
        32 => {
            let mut bytes = u128::from_str_radix(address, 16).ok()?.to_be_bytes();
            for word in bytes.as_chunks_mut::<4>().0 {
                *word = u32::from_be_bytes(*word).to_ne_bytes();
            }
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(
        address,
        u16::from_str_radix(port, 16).ok()?,
    ))
}
