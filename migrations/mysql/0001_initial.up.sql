CREATE TABLE `author` (`id` BIGINT NOT NULL AUTO_INCREMENT, `name` VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `author_name_91bcbe3a_uniq` UNIQUE (`name`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE TABLE `book` (`id` BIGINT NOT NULL AUTO_INCREMENT, `title` VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL, `author_id` BIGINT NOT NULL, `year` INT, `edition` INT NOT NULL, `price` DECIMAL(8, 2), `isbn` VARCHAR(13) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, `language` VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, `created_at` DATETIME(6) NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `book_title_author_id_edition_e573e686_uniq` UNIQUE (`title`, `author_id`, `edition`), CONSTRAINT `edition` CHECK ((`year` IS NOT NULL AND `edition` = `year`) OR (`year` IS NULL AND `edition` = 0)), CONSTRAINT `book_author_id_03caf7ac_fk` FOREIGN KEY (`author_id`) REFERENCES `author` (`id`) ON DELETE RESTRICT) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX `book_year_d4e93532_idx` ON `book` (`year`);

CREATE INDEX `book_price_739e9cee_idx` ON `book` (`price`);

CREATE INDEX `book_author_id_f1b49a72_idx` ON `book` (`author_id`);

CREATE TABLE `credit` (`id` BIGINT NOT NULL AUTO_INCREMENT, `book_id` BIGINT NOT NULL, `author_id` BIGINT NOT NULL, `position` INT NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `credit_book_id_author_id_29f7a60b_uniq` UNIQUE (`book_id`, `author_id`), CONSTRAINT `credit_book_id_b8db40a6_fk` FOREIGN KEY (`book_id`) REFERENCES `book` (`id`) ON DELETE CASCADE, CONSTRAINT `credit_author_id_11527200_fk` FOREIGN KEY (`author_id`) REFERENCES `author` (`id`) ON DELETE RESTRICT) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin;

CREATE INDEX `credit_author_id_7b774b6e_idx` ON `credit` (`author_id`);
