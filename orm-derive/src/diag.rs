//! What is wrong with the input: collected, and reported all at once.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Faults(Vec<Error>);

impl Faults {
    /// Adds a mistake, shown at the tokens that say it.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(Error::new_spanned(tokens, message));
    }

    /// Adds a mistake that the parser found.
    pub(crate) fn add(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Tells whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything as `compile_error!`s.
    pub(crate) fn report(&self) -> TokenStream {
        self.0.iter().map(Error::to_compile_error).collect()
    }
}

/// The word that was meant, if one is near: `; did you mean `…`?`, else nothing.
pub(crate) fn near_miss<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let scored = known.into_iter().map(|candidate| (strsim::jaro_winkler(word, candidate), candidate));
    let nearest = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    nearest.filter(|(score, _)| *score > 0.8).map_or(String::new(), |(_, meant)| format!("; did you mean `{meant}`?"))
}

/// Words as a list to choose from: `` `a`, `b` or `c` ``.
pub(crate) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_word_is_suggested() {
        let known = ["max_length", "min_length", "unique"];
        assert_eq!(near_miss("max_lenght", known), "; did you mean `max_length`?");
        assert_eq!(near_miss("uniqe", known), "; did you mean `unique`?");
        assert_eq!(near_miss("sparkling", known), "");
        assert_eq!(near_miss("anything", []), "");
    }

    #[test]
    fn words_are_listed_to_choose_from() {
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
