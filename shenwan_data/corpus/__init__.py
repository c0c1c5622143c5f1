"""Many reports at once: a whole corpus read into ``figures`` and ``observations``, on many machines.

Belongs here: finding the documents of a corpus, dividing them into partitions, reading a partition
and handing partitions to a cluster. Does not belong here: how a report is read (the layers below), or
releases. Needs the extra ``corpus`` for more than a plain loop over local files.
"""
