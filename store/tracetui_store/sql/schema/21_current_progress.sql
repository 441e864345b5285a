-- Progress that counts: what was said of an unfinished line goes when its source is read on.
CREATE VIEW current_progress AS
SELECT p.*
FROM progress p
WHERE NOT p.provisional
   OR p.step = (SELECT max(step) FROM progress l WHERE l.source_id = p.source_id AND l.state = 'loading');
