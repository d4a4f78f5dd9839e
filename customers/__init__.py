"""Customer records; address books, key customers, prospects and calls will live here."""
