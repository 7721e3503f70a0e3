//! Takes a policy; gives a number that is the same for equal policies, everywhere and always.
//!
//! INVARIANT: equal for a policy read from TOML and the same one from JSON. The order of lists counts, that of keys
//! does not.

use super::limits::{FLAGS, NUMBERS};
use super::{Policy, Sensitivity};

pub(super) fn version(policy: &Policy) -> String {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    hash.policy(policy);
    format!("{:016x}", hash.0)
}

/// FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>
struct Fnv(u64);

impl Fnv {
    fn policy(&mut self, policy: &Policy) {
        self.pair("name", &policy.name);
        self.pair("extends", policy.extends.as_str());
        // A later key with its default leaves the hash of older policies as it was.
        if policy.sensitivity != Sensitivity::default() {
            self.pair("sensitivity", policy.sensitivity.as_str());
        }
        for number in &NUMBERS {
            self.pair(number.path, &(number.get)(policy).to_string());
        }
        for flag in &FLAGS {
            self.pair(flag.path, &(flag.get)(policy).to_string());
        }
        for (id, rules) in &policy.category {
            self.pair("category", id);
            self.some("max_tier", rules.max_tier);
            self.some("min_tier", rules.min_tier);
            self.some("min_confidence", rules.min_confidence.map(f64::abs)); // -0 is 0
            self.some("review", rules.review);
        }
        for phrase in &policy.allow {
            self.pair("allow", phrase);
        }
        for custom in &policy.custom {
            self.pair("custom", &custom.id);
            self.pair("tier", &custom.tier.to_string());
            self.pair("refer", &custom.refer.to_string());
            for term in &custom.terms {
                self.pair("term", term);
            }
        }
        if let Some(shadow) = &policy.shadow {
            self.pair("shadow", "");
            self.policy(shadow);
        }
    }

    fn some(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.pair(name, &value.to_string());
        }
    }

    /// 0xff is in no UTF-8 text, so no two lists of pairs have the same bytes.
    fn pair(&mut self, name: &str, value: &str) {
        for byte in name.bytes().chain([0xff]).chain(value.bytes()).chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
