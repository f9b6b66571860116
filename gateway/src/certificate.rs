//! The certificate of the edge: made by itself and renewed in time, or given by two files.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, Duration, Utc};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, date_time_ymd,
};
use tracing::info;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::error::Error;

/// Days from the first to the last day of a certificate that is made here.
const LIFE_DAYS: i64 = 89;
/// A certificate with less left than this is made anew.
const RENEW_BEFORE_DAYS: i64 = 20;

/// A certificate chain and its key, as PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct Tls {
    /// The chain, leaf first.
    pub certificate: String,
    /// The private key.
    pub key: String,
    /// When the leaf expires.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Made and renewed here, kept in this folder as `cert.pem` and `key.pem`.
    Own(PathBuf),
    /// Two files that somebody else renews.
    Given {
        /// PEM of the chain.
        certificate: PathBuf,
        /// PEM of the key.
        key: PathBuf,
    },
}

impl Source {
    /// The certificate to serve at `now`; makes or renews our own where it is due.
    ///
    /// # Errors
    /// When files cannot be read or written, or do not belong together.
    pub fn current(&self, now: DateTime<Utc>, host_name: &str) -> Result<Tls, Error> {
        match self {
            Self::Given { certificate, key } => read(certificate, key),
            Self::Own(folder) => own(folder, now, host_name),
        }
    }
}

fn own(folder: &Path, now: DateTime<Utc>, host_name: &str) -> Result<Tls, Error> {
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let names = names(host_name);
    if certificate.exists()
        && let Ok(tls) = read(&certificate, &key)
        && tls.expires_at - now >= Duration::days(RENEW_BEFORE_DAYS)
        && covers(&tls.certificate, &names)
    {
        return Ok(tls);
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(Error::file("create", folder))?;
    let tls = make(now, &names)?;
    write_private(&key, &tls.key)?;
    write_private(&certificate, &tls.certificate)?;
    info!(expires_at = %tls.expires_at, "Certificate made, good until {}", tls.expires_at);
    Ok(tls)
}

/// Makes a self-signed certificate with a fresh ECDSA P-256 key.
fn make(now: DateTime<Utc>, names: &[Name]) -> Result<Tls, Error> {
    let fault = |error: rcgen::Error| Error::Certificate(error.to_string());
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(fault)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "OpsConductor");
    params.subject_alt_names = names
        .iter()
        .map(Name::alternative)
        .collect::<Result<_, _>>()?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // From yesterday, for clients whose clock is behind.
    let first = now - Duration::days(1);
    let (year, month, day_of_month) = day(first)?;
    params.not_before = date_time_ymd(year, month, day_of_month);
    let (year, month, day_of_month) = day(first + Duration::days(LIFE_DAYS))?;
    params.not_after = date_time_ymd(year, month, day_of_month);
    let certificate = params.self_signed(&key).map_err(fault)?;
    let expires_at = expiry(certificate.der())?;
    Ok(Tls {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
        expires_at,
    })
}

/// The numbers of a day, as `rcgen` takes them.
fn day(at: DateTime<Utc>) -> Result<(i32, u8, u8), Error> {
    let part = |number: u32| {
        u8::try_from(number).map_err(|error| Error::Certificate(format!("date: {error}")))
    };
    Ok((at.year(), part(at.month())?, part(at.day())?))
}

/// One name that the certificate stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Host(String),
    Address(IpAddr),
}

impl Name {
    fn alternative(&self) -> Result<SanType, Error> {
        Ok(match self {
            Self::Address(address) => SanType::IpAddress(*address),
            Self::Host(name) => {
                SanType::DnsName(name.as_str().try_into().map_err(|error| {
                    Error::Certificate(format!("{name} is no host name: {error}"))
                })?)
            }
        })
    }
}

fn names(host_name: &str) -> Vec<Name> {
    let mut names = vec![
        Name::Host("localhost".to_owned()),
        Name::Address(Ipv4Addr::LOCALHOST.into()),
        Name::Address(Ipv6Addr::LOCALHOST.into()),
    ];
    if host_name.is_ascii() && !host_name.is_empty() && host_name != "localhost" {
        names.push(Name::Host(host_name.to_owned()));
    }
    names
}

fn covers(pem: &str, names: &[Name]) -> bool {
    with_leaf(pem, |leaf| {
        let alternatives = leaf.subject_alternative_name().ok().flatten();
        let has = |name: &Name| {
            alternatives
                .iter()
                .flat_map(|found| &found.value.general_names)
                .any(|found| match (found, name) {
                    (GeneralName::DNSName(found), Name::Host(name)) => found == name,
                    (GeneralName::IPAddress(found), Name::Address(IpAddr::V4(v4))) => {
                        *found == v4.octets()
                    }
                    (GeneralName::IPAddress(found), Name::Address(IpAddr::V6(v6))) => {
                        *found == v6.octets()
                    }
                    (_, Name::Host(_) | Name::Address(_)) => false,
                })
        };
        names.iter().all(has)
    })
    .unwrap_or(false)
}

/// Reads a pair and makes sure that it is one.
fn read(certificate: &Path, key: &Path) -> Result<Tls, Error> {
    let text = |path: &Path| fs::read_to_string(path).map_err(Error::file("read", path));
    let (certificate_pem, key_pem) = (text(certificate)?, text(key)?);
    let expires_at = with_leaf(&certificate_pem, leaf_expiry)??;
    if let Ok(pair) = KeyPair::from_pem(&key_pem) {
        let public = pair.subject_public_key_info();
        if !with_leaf(&certificate_pem, |leaf| leaf.public_key().raw == public)? {
            return Err(Error::Certificate(format!(
                "{} is not the key of {}",
                key.display(),
                certificate.display()
            )));
        }
    }
    Ok(Tls {
        certificate: certificate_pem,
        key: key_pem,
        expires_at,
    })
}

fn with_leaf<T>(pem: &str, read: impl FnOnce(&X509Certificate<'_>) -> T) -> Result<T, Error> {
    let (_rest, block) = x509_parser::pem::parse_x509_pem(pem.as_bytes())
        .map_err(|error| Error::Certificate(format!("not PEM: {error}")))?;
    let leaf = block
        .parse_x509()
        .map_err(|error| Error::Certificate(format!("cannot be read: {error}")))?;
    Ok(read(&leaf))
}

fn expiry(der: &[u8]) -> Result<DateTime<Utc>, Error> {
    let (_rest, leaf) = X509Certificate::from_der(der)
        .map_err(|error| Error::Certificate(format!("cannot be read: {error}")))?;
    leaf_expiry(&leaf)
}

fn leaf_expiry(leaf: &X509Certificate<'_>) -> Result<DateTime<Utc>, Error> {
    DateTime::from_timestamp(leaf.validity().not_after.timestamp(), 0)
        .ok_or_else(|| Error::Certificate("expires at no known time".to_owned()))
}

/// Writes a file that only its owner reads, whole or not at all.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let draft = path.with_extension("new");
    let write = || {
        let _gone = fs::remove_file(&draft);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(Error::file("write", path))
}
