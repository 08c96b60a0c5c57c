DROP TABLE `credit`;

DROP TABLE `book`;

DROP TABLE `author`;
