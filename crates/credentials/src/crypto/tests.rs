//! What the cryptography promises, tried on random values and on vectors of another
//! implementation (pyca/cryptography).

use common::id::CredentialId;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;

use super::aead::{self, Key};
use super::derive::{self, Master};
use super::envelope::{self, Place, Sealed, WrappedKey, bind};
use super::key_ring::{CheckValue, Kek, KeyRing};
use super::{CryptoError, self_test};

fn kek(id: &str) -> (Kek, Master, CheckValue) {
    let master = Master::random().unwrap();
    let (kek, check) = Kek::create(id.to_owned(), &master).unwrap();
    (kek, master, check)
}

fn parts(sealed: &mut Sealed) -> [&mut Vec<u8>; 4] {
    [
        &mut sealed.dek.nonce,
        &mut sealed.dek.key,
        &mut sealed.nonce,
        &mut sealed.ciphertext,
    ]
}

fn flip(bytes: &mut [u8], bit: usize) {
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
}

#[test]
fn the_self_test_passes() {
    self_test().unwrap();
}

proptest! {
    #[test]
    fn what_was_sealed_opens_in_its_place(
        id: i64, version: i32, field in ".{0,40}", plain in vec(any::<u8>(), 0..300),
    ) {
        let (kek, ..) = kek("a");
        let place = Place { owner: id, version, field: &field };
        let sealed = envelope::seal(&kek, &place, &plain).unwrap();
        let ring = KeyRing::default().with(kek);
        prop_assert_eq!(&*envelope::open(&ring, &place, &sealed).unwrap(), &plain);
    }

    #[test]
    fn any_flipped_bit_is_noticed(part in 0..4_usize, bit: usize, plain in vec(any::<u8>(), 0..100)) {
        let (kek, ..) = kek("a");
        let place = Place::data(CredentialId(1), 1);
        let mut sealed = envelope::seal(&kek, &place, &plain).unwrap();
        flip(parts(&mut sealed)[part], bit);
        let ring = KeyRing::default().with(kek);
        prop_assert_eq!(envelope::open(&ring, &place, &sealed).unwrap_err(), CryptoError::Forged);
    }

    #[test]
    fn any_cut_or_longer_part_is_noticed(part in 0..4_usize, longer: bool, by in 1..50_usize) {
        let (kek, ..) = kek("a");
        let place = Place::data(CredentialId(1), 1);
        let mut sealed = envelope::seal(&kek, &place, b"plain").unwrap();
        let bytes = &mut parts(&mut sealed)[part];
        let length = if longer { bytes.len() + by } else { bytes.len().saturating_sub(by) };
        bytes.resize(length, 0);
        let ring = KeyRing::default().with(kek);
        prop_assert!(envelope::open(&ring, &place, &sealed).is_err());
        prop_assert!(envelope::rewrap(&ring, ring.get("a").unwrap(), &place, &sealed.dek).is_err() || part > 1);
    }

    #[test]
    fn another_place_is_noticed(
        id: i64, version: i32, field in "[a-z]{0,9}", other_id: i64, other_version: i32, other_field in "[a-z]{0,9}",
    ) {
        let (kek, ..) = kek("a");
        let place = Place { owner: id, version, field: &field };
        let sealed = envelope::seal(&kek, &place, b"plain").unwrap();
        let ring = KeyRing::default().with(kek);
        for elsewhere in [
            Place { owner: other_id, ..place },
            Place { version: other_version, ..place },
            Place { field: &other_field, ..place },
        ] {
            let same = elsewhere.owner == place.owner
                && elsewhere.version == version
                && elsewhere.field == field;
            prop_assert_eq!(envelope::open(&ring, &elsewhere, &sealed).is_ok(), same);
        }
    }

    #[test]
    fn parts_swapped_between_two_versions_are_noticed(mask in 1..15_u8) {
        let (kek, ..) = kek("a");
        let (first, second) = (Place::data(CredentialId(1), 1), Place::data(CredentialId(1), 2));
        let mut mixed = envelope::seal(&kek, &first, b"old").unwrap();
        let mut other = envelope::seal(&kek, &second, b"new").unwrap();
        for (at, (here, there)) in parts(&mut mixed).into_iter().zip(parts(&mut other)).enumerate() {
            if mask & (1 << at) != 0 {
                std::mem::swap(here, there);
            }
        }
        let ring = KeyRing::default().with(kek);
        for place in [first, second] {
            prop_assert!(envelope::open(&ring, &place, &mixed).is_err());
            prop_assert!(envelope::open(&ring, &place, &other).is_err());
        }
    }

    #[test]
    fn no_two_lists_of_parts_bind_alike(
        a in vec(vec(any::<u8>(), 0..4), 0..4), b in vec(vec(any::<u8>(), 0..4), 0..4),
    ) {
        let slices = |list: &[Vec<u8>]| bind(&list.iter().map(Vec::as_slice).collect::<Vec<_>>());
        prop_assert_eq!(slices(&a) == slices(&b), a == b);
    }

    #[test]
    fn a_wrong_key_is_told_by_its_check_value(bit: usize) {
        let (_, master, check) = kek("a");
        prop_assert!(Kek::recognise("a", &master, &check).is_ok());
        prop_assert!(Kek::recognise("b", &master, &check).is_err());
        let mut bytes = [7; 32];
        flip(&mut bytes, bit);
        prop_assert!(Kek::recognise("a", &Master::new(bytes.into()), &check).is_err());
        let mut changed = check.clone();
        flip(&mut changed.value, bit);
        prop_assert!(Kek::recognise("a", &master, &changed).is_err());
    }

    #[test]
    fn no_text_makes_the_key_reader_panic(content in vec(any::<u8>(), 0..100)) {
        let _read = derive::read_keys(&content);
    }
}

#[test]
fn the_same_text_never_looks_the_same() {
    let (kek, ..) = kek("a");
    let place = Place::data(CredentialId(1), 1);
    let one = envelope::seal(&kek, &place, b"plain").unwrap();
    let two = envelope::seal(&kek, &place, b"plain").unwrap();
    assert_ne!(one.ciphertext, two.ciphertext);
    assert_ne!(one.nonce, two.nonce);
    assert_ne!(one.dek.key, two.dek.key);
}

#[test]
fn another_key_of_the_same_name_opens_nothing() {
    let place = Place::data(CredentialId(1), 1);
    let sealed = envelope::seal(&kek("a").0, &place, b"plain").unwrap();
    let wrong = KeyRing::default().with(kek("a").0);
    assert_eq!(
        envelope::open(&wrong, &place, &sealed).unwrap_err(),
        CryptoError::Forged
    );
    let missing = KeyRing::default().with(kek("b").0);
    assert_eq!(
        envelope::open(&missing, &place, &sealed).unwrap_err(),
        CryptoError::UnknownKey
    );
}

#[test]
fn a_key_claimed_for_another_kek_is_noticed() {
    let master = Master::random().unwrap();
    let (a, _) = Kek::create("a".to_owned(), &master).unwrap();
    let (b, _) = Kek::create("b".to_owned(), &master).unwrap();
    let place = Place::data(CredentialId(1), 1);
    let mut sealed = envelope::seal(&a, &place, b"plain").unwrap();
    sealed.dek.kek_id = "b".to_owned();
    let ring = KeyRing::default().with(a).with(b);
    assert_eq!(
        envelope::open(&ring, &place, &sealed).unwrap_err(),
        CryptoError::Forged
    );
}

#[test]
fn a_key_wrapped_anew_opens_without_the_old_kek() {
    let (old, new) = (kek("old").0, kek("new").0);
    let place = Place::data(CredentialId(1), 1);
    let sealed = envelope::seal(&old, &place, b"plain").unwrap();
    let dek = envelope::rewrap(&KeyRing::default().with(old), &new, &place, &sealed.dek).unwrap();
    let moved = Sealed { dek, ..sealed };
    let ring = KeyRing::default().with(new);
    assert_eq!(&*envelope::open(&ring, &place, &moved).unwrap(), b"plain");
}

#[test]
fn key_files_are_read_in_every_form() {
    let hex = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
    let base64 = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
    let raw: Vec<u8> = (0..=15_u8)
        .chain(0..=15)
        .map(|digit| digit * 0x11)
        .collect();
    let probe = |master: &Master| *master.subkey("probe").unwrap().bytes();
    let expected = probe(&derive::read_keys(&raw).unwrap()[0]);
    for text in [
        hex.to_owned(),
        format!("{hex}\n"),
        base64.to_owned(),
        format!("# new\n\n {base64} \r\n"),
    ] {
        let keys = derive::read_keys(text.as_bytes()).unwrap();
        assert_eq!(keys.len(), 1);
        assert_eq!(probe(&keys[0]), expected, "{text}");
    }
    assert_eq!(
        derive::read_keys(format!("{hex}\n{base64}").as_bytes())
            .unwrap()
            .len(),
        2
    );
    for bad in [
        "",
        "\n# only a comment\n",
        "short",
        hex.strip_prefix('0').unwrap(),
        hex.split_at(32).0,
        base64.split_at(4).1,
        "g".repeat(64).as_str(),
    ] {
        assert_eq!(
            derive::read_keys(bad.as_bytes()).unwrap_err(),
            CryptoError::NotAKey,
            "{bad}"
        );
    }
    assert_eq!(
        derive::read_keys(&[0xff; 31]).unwrap_err(),
        CryptoError::NotAKey
    );
}

#[test]
fn nothing_secret_prints() {
    let key = Key::new([0x41; 32].into());
    let master = Master::new([0x41; 32].into());
    let (kek, _) = Kek::create("a".to_owned(), &master).unwrap();
    let shown = format!("{key:?} {master:?} {kek:?}");
    assert!(!shown.contains("65") && !shown.contains("AA"), "{shown}");
    assert_ne!(aead::random::<32>().unwrap(), [0; 32]);
}

#[derive(Deserialize)]
struct Vector {
    kek_id: String,
    key: Option<String>,
    passphrase: Option<String>,
    salt: Option<String>,
    iterations: Option<std::num::NonZeroU32>,
    check_nonce: String,
    check_value: String,
    sealed: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    credential_id: i64,
    version: i32,
    field: String,
    plaintext: String,
    wrap_nonce: String,
    wrapped_dek: String,
    nonce: String,
    ciphertext: String,
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().as_chunks::<2>().0.iter();
    pairs
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

impl Vector {
    fn master(&self) -> Master {
        match (&self.key, &self.passphrase, &self.salt, self.iterations) {
            (Some(key), None, None, None) => derive::read_keys(key.as_bytes()).unwrap().remove(0),
            (None, Some(text), Some(salt), Some(rounds)) => {
                Master::of_passphrase(text.as_bytes(), &unhex(salt), rounds)
            }
            _ => panic!("neither a key nor a passphrase"),
        }
    }
}

#[test]
fn what_was_ever_written_stays_readable() {
    let text = include_str!("../../tests/vectors/v1.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let check = CheckValue {
            nonce: unhex(&vector.check_nonce),
            value: unhex(&vector.check_value),
        };
        let kek = Kek::recognise(&vector.kek_id, &vector.master(), &check).unwrap();
        let ring = KeyRing::default().with(kek);
        for case in vector.sealed {
            let place = Place {
                owner: case.credential_id,
                version: case.version,
                field: &case.field,
            };
            let dek = WrappedKey {
                kek_id: vector.kek_id.clone(),
                nonce: unhex(&case.wrap_nonce),
                key: unhex(&case.wrapped_dek),
            };
            let sealed = Sealed {
                dek,
                nonce: unhex(&case.nonce),
                ciphertext: unhex(&case.ciphertext),
            };
            let opened = envelope::open(&ring, &place, &sealed).unwrap();
            assert_eq!(str::from_utf8(&opened).unwrap(), case.plaintext);
        }
    }
}
