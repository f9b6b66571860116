//! An identity provider: publishes keys over HTTP, and signs tokens with keys made for the test.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::{AsBigEndian, EcPublicKeyUncompressedBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A pair of keys.
pub enum ProviderKey {
    /// RS256 and PS256.
    Rsa(RsaKeyPair),
    /// ES256.
    P256(EcdsaKeyPair),
    /// `EdDSA`.
    Ed25519(Ed25519KeyPair),
}

impl ProviderKey {
    /// A fresh one of 2,048 bits.
    pub fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("key"))
    }

    /// A fresh one.
    pub fn p256() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        Self::P256(pair.expect("key"))
    }

    /// A fresh one.
    pub fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().expect("key"))
    }

    /// The public half under the name `kid`.
    pub fn jwk(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa(pair) => {
                let key = pair.public_key();
                let n = text(key.modulus().big_endian_without_leading_zero());
                let e = text(key.exponent().big_endian_without_leading_zero());
                json!({"kty": "RSA", "kid": kid, "use": "sig", "n": n, "e": e})
            }
            Self::P256(pair) => {
                let key: EcPublicKeyUncompressedBin<'_> =
                    pair.public_key().as_be_bytes().expect("point");
                let (x, y) = key.as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": text(x), "y": text(y)})
            }
            Self::Ed25519(pair) => {
                let x = text(pair.public_key().as_ref());
                json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": x})
            }
        }
    }

    /// The public half as bytes.
    pub fn public_bytes(&self) -> &[u8] {
        match self {
            Self::Rsa(pair) => pair.public_key().as_ref(),
            Self::P256(pair) => pair.public_key().as_ref(),
            Self::Ed25519(pair) => pair.public_key().as_ref(),
        }
    }

    /// A token with this header and these claims. RSA signs as `alg` says, the others as they can.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let body = signed_part(header, claims);
        let signature = match self {
            Self::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding = match header["alg"].as_str() {
                    Some("PS256") => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                let random = SystemRandom::new();
                pair.sign(padding, &random, body.as_bytes(), &mut signature)
                    .expect("signature");
                signature
            }
            Self::P256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), body.as_bytes());
                signature.expect("signature").as_ref().to_vec()
            }
            Self::Ed25519(pair) => pair.sign(body.as_bytes()).as_ref().to_vec(),
        };
        format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What of a token is signed.
pub fn signed_part(header: &Value, claims: &Value) -> String {
    let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", text(header), text(claims))
}

/// How the provider answers.
#[derive(Clone, Debug)]
pub enum Mode {
    /// With this text.
    Text(String),
    /// With 500.
    Failing,
    /// Not at all: it ends the connection.
    Gone,
    /// Not at all: it keeps the connection.
    Hung,
}

/// A running provider; it ends when it is dropped.
pub struct Provider {
    /// Where its keys are.
    pub jwks_url: String,
    mode: Arc<Mutex<Mode>>,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Provider {
    /// Starts it with these public keys.
    pub async fn start(keys: &[Value]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("port");
        let port = listener.local_addr().expect("address").port();
        let mode = Arc::new(Mutex::new(Mode::Text(set(keys))));
        let asked = Arc::new(AtomicUsize::new(0));
        let (shared, count) = (Arc::clone(&mode), Arc::clone(&asked));
        #[expect(clippy::disallowed_methods, reason = "ends with the test")]
        let task = tokio::spawn(async move {
            let mut hung = Vec::new();
            while let Ok((stream, _peer)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mode = shared.lock().expect("lock").clone();
                hung.extend(answer(stream, mode).await);
            }
        });
        Self {
            jwks_url: format!("http://127.0.0.1:{port}/jwks.json"),
            mode,
            asked,
            task,
        }
    }

    /// Publishes other keys, and answers well.
    pub fn publish(&self, keys: &[Value]) {
        self.set(Mode::Text(set(keys)));
    }

    /// Answers otherwise.
    pub fn set(&self, mode: Mode) {
        *self.mode.lock().expect("lock") = mode;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn set(keys: &[Value]) -> String {
    json!({"keys": keys}).to_string()
}

/// Answers one request; gives the connection back if it stays open.
async fn answer(mut stream: TcpStream, mode: Mode) -> Option<TcpStream> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            return None;
        }
    }
    let (status, body) = match mode {
        Mode::Text(text) => (200, text),
        Mode::Failing => (500, String::new()),
        Mode::Gone => return None,
        Mode::Hung => return Some(stream),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    // Whoever asked may have gone.
    let _sent = stream.write_all(answer.as_bytes()).await;
    let _closed = stream.shutdown().await;
    None
}
