-- Prices of the edition in force: of the price list and the price file as they are now.
CREATE VIEW current_prices AS
SELECT *
FROM prices
WHERE edition = (SELECT arg_max(edition, generation) FROM price_editions);
