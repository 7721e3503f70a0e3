//! stub
#![allow(missing_docs)]
use std::collections::BTreeMap;
use crate::error::Error;
#[derive(Debug, Clone, Copy, PartialEq, Eq)] pub enum Profile { Companion }
#[derive(Debug, Clone, PartialEq)] pub struct Policy { pub name: String, pub input: Input, pub conversation: ConversationRules, pub refer: ReferRules, pub age: AgeRules, pub response: ResponseRules, pub category: BTreeMap<String, CategoryOverride>, pub allow: Vec<String>, pub custom: Vec<Custom>, pub shadow: Option<Box<Policy>> }
#[derive(Debug, Clone, PartialEq)] pub struct Input { pub max_text_bytes: usize }
#[derive(Debug, Clone, PartialEq)] pub struct ConversationRules { pub crisis_turns: u32, pub crisis_minutes: u32, pub session_idle_minutes: u32, pub adding_up_constructs: u8, pub adding_up_turns: u32, pub adding_up_minutes: u32 }
#[derive(Debug, Clone, PartialEq)] pub struct ReferRules { pub past_self_harm: bool }
#[derive(Debug, Clone, PartialEq)] pub struct AgeRules { pub senior_from: u8 }
#[derive(Debug, Clone, PartialEq)] pub struct ResponseRules { pub review_from_tier: u8, pub suggest_guardian: bool, pub suggest_trusted_contact: bool, pub safeguarding_review: bool, pub pause_payment_advice: bool }
#[derive(Debug, Clone, PartialEq)] pub struct CategoryOverride { pub max_tier: Option<u8>, pub min_tier: Option<u8>, pub min_confidence: Option<f64>, pub review: Option<bool> }
#[derive(Debug, Clone, PartialEq)] pub struct Custom { pub id: String, pub tier: u8, pub refer: bool, pub terms: Vec<String> }
impl Default for Policy { fn default() -> Self { Policy { name: "companion".into(), input: Input { max_text_bytes: 1048576 }, conversation: ConversationRules { crisis_turns: 6, crisis_minutes: 30, session_idle_minutes: 720, adding_up_constructs: 3, adding_up_turns: 20, adding_up_minutes: 120 }, refer: ReferRules { past_self_harm: true }, age: AgeRules { senior_from: 65 }, response: ResponseRules { review_from_tier: 3, suggest_guardian: false, suggest_trusted_contact: true, safeguarding_review: true, pause_payment_advice: true }, category: BTreeMap::new(), allow: vec![], custom: vec![], shadow: None } } }
impl Policy { pub fn validate(&self) -> Result<(), Error> { Ok(()) } pub fn check_categories(&self, _: &[&str]) -> Result<(), Error> { Ok(()) } pub fn version_hash(&self) -> String { String::new() } }
