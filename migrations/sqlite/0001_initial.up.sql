CREATE TABLE "author" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL, CONSTRAINT "author_name_91bcbe3a_uniq" UNIQUE ("name"));

CREATE TABLE "book" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "title" TEXT NOT NULL, "author_id" INTEGER NOT NULL, "year" INTEGER, "edition" INTEGER NOT NULL, "price" TEXT, "isbn" TEXT, "language" TEXT, "created_at" TEXT NOT NULL, CONSTRAINT "book_title_author_id_edition_e573e686_uniq" UNIQUE ("title", "author_id", "edition"), CONSTRAINT "edition" CHECK (("year" IS NOT NULL AND "edition" = "year") OR ("year" IS NULL AND "edition" = 0)), CONSTRAINT "book_author_id_03caf7ac_fk" FOREIGN KEY ("author_id") REFERENCES "author" ("id") ON DELETE RESTRICT);

CREATE INDEX "book_year_d4e93532_idx" ON "book" ("year");

CREATE INDEX "book_price_739e9cee_idx" ON "book" ("price");

CREATE INDEX "book_author_id_f1b49a72_idx" ON "book" ("author_id");

CREATE TABLE "credit" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "book_id" INTEGER NOT NULL, "author_id" INTEGER NOT NULL, "position" INTEGER NOT NULL, CONSTRAINT "credit_book_id_author_id_29f7a60b_uniq" UNIQUE ("book_id", "author_id"), CONSTRAINT "credit_book_id_b8db40a6_fk" FOREIGN KEY ("book_id") REFERENCES "book" ("id") ON DELETE CASCADE, CONSTRAINT "credit_author_id_11527200_fk" FOREIGN KEY ("author_id") REFERENCES "author" ("id") ON DELETE RESTRICT);

CREATE INDEX "credit_author_id_7b774b6e_idx" ON "credit" ("author_id");
