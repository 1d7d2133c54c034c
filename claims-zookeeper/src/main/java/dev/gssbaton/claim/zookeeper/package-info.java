/**
 * Claims that the processes of many hosts see, in Apache ZooKeeper, through Apache Curator.
 *
 * <p>{@link dev.gssbaton.claim.zookeeper.ZooKeeperClaims} makes of each claim a node, which a quorum of the ensemble has
 * written before the claim is answered. What was sent and not answered is settled by the claimant's nonce in the node, or is
 * reported as not settled.
 */
package dev.gssbaton.claim.zookeeper;
