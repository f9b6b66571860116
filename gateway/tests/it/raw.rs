//! Bytes over TLS, for requests that no proper client sends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};

use crate::edge::{Edge, PATIENCE};

/// Opens a connection that speaks only `versions` of TLS.
pub(crate) fn connect(
    edge: &Edge,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(&edge.certificate()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_protocol_versions(versions)
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let tls = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(("127.0.0.1", edge.plan.ports.https))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut stream = StreamOwned::new(tls, socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// Sends `bytes` and reads until nginx closes the connection.
pub(crate) async fn exchange(edge: &Edge, bytes: &str) -> String {
    let mut stream = connect(edge, &[&rustls::version::TLS13]).unwrap();
    let bytes = bytes.to_owned();
    let talk = move || {
        stream.write_all(bytes.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A close without a farewell still ends the answer.
        let _end = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::task::spawn_blocking(talk).await.unwrap()
}

/// Statuses of all answers in `text`.
pub(crate) fn statuses(text: &str) -> Vec<u16> {
    let lines = text.lines().filter_map(|line| line.split_once("HTTP/1.1 "));
    lines.map(|(_, rest)| rest[..3].parse().unwrap()).collect()
}
