//! The tuples that closures may return: up to 16, as rows have them.

/// Applies a macro to the list of tuples: each a list of type parameters with their places.
macro_rules! for_each_tuple {
    ($apply:ident) => {
        $apply! {
            (A 0);
            (A 0, B 1);
            (A 0, B 1, C 2);
            (A 0, B 1, C 2, D 3);
            (A 0, B 1, C 2, D 3, E 4);
            (A 0, B 1, C 2, D 3, E 4, F 5);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14);
            (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15);
        }
    };
}

pub(crate) use for_each_tuple;
